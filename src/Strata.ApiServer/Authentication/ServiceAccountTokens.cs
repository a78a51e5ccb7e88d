using System.Collections.Frozen;
using System.Text.Json;
using Strata.Api.Models;
using Strata.ApiServer.Discovery;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Authentication;

/// <summary>Tokens of service accounts: issued for a while, for an audience, and usually bound to a pod, with which they end (KEP-1205).</summary>
/// <param name="issuer">The claim <c>iss</c>, a URL.</param>
/// <param name="audiences">Audiences of this API server; the first is given to tokens that ask for none.</param>
internal sealed class ServiceAccountTokens(
    TokenSigner signer, string issuer, IReadOnlyList<string> audiences, IObjectReader objects, IdentitySource identities, TimeProvider clock) : IAuthenticator
{
    private const string UserPrefix = "system:serviceaccount:";
    private const string ExtraPrefix = "authentication.kubernetes.io/";

    // A pod that is being deleted may finish its work (upstream: serviceaccount/claims.go).
    private static readonly TimeSpan DeletionLeeway = TimeSpan.FromSeconds(60);

    public string Issuer => issuer;

    public IReadOnlyList<string> Audiences => audiences;

    public async ValueTask<UserIdentity?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken) =>
        credentials.Token is { } token ? (await ValidateAsync(token, audiences, cancellationToken))?.User : null;

    /// <summary>Issues a token.</summary>
    /// <param name="forAudiences">Who may accept it; empty for this API server.</param>
    /// <param name="pod">The pod it ends with; null when it is not bound to one.</param>
    public string Issue(ServiceAccount account, IReadOnlyList<string> forAudiences, TimeSpan lifetime, Pod? pod)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonDocuments.Build(writer =>
        {
            writer.WriteStartObject();
            JsonDocuments.WriteTexts(writer, "aud", forAudiences.Count > 0 ? forAudiences : [audiences[0]]);
            writer.WriteNumber("exp"u8, now + (long)lifetime.TotalSeconds);
            writer.WriteNumber("iat"u8, now);
            writer.WriteString("iss"u8, issuer);
            writer.WriteString("jti"u8, identities.NewUid());
            writer.WriteStartObject("kubernetes.io"u8);
            writer.WriteString("namespace"u8, account.Metadata.Namespace);
            if (pod is not null)
            {
                WriteReference(writer, "pod", pod.Metadata);
                if (pod.Spec.NodeName.Length > 0)
                {
                    writer.WriteStartObject("node"u8);
                    writer.WriteString("name"u8, pod.Spec.NodeName);
                    writer.WriteEndObject();
                }
            }

            WriteReference(writer, "serviceaccount", account.Metadata);
            writer.WriteEndObject();
            writer.WriteNumber("nbf"u8, now);
            writer.WriteString("sub"u8, $"{UserPrefix}{account.Metadata.Namespace}:{account.Metadata.Name}");
            writer.WriteEndObject();
        });
        return signer.Sign(claims);
    }

    /// <summary>Whether a token is ours, of the time, meant for one of <paramref name="wanted"/>, and what it stands for still exists.</summary>
    /// <returns>Whose token it is and which of the wanted audiences it names; null when it is not good.</returns>
    public async ValueTask<ValidToken?> ValidateAsync(string token, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        if (signer.Verify(token) is not { } claims || claims.Text("iss"u8) != issuer)
        {
            return null;
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (now >= claims.Get("exp"u8).Number() || now < claims.Get("nbf"u8).Number())
        {
            return null;
        }

        var matched = claims.Get("aud"u8).Items().Select(static audience => audience.Text()).Intersect(wanted).ToArray();
        return matched.Length > 0 && await UserOfAsync(claims.Get("kubernetes.io"u8), claims.Text("jti"u8), cancellationToken) is { } user
            ? new ValidToken(user, matched)
            : null;
    }

    private async ValueTask<UserIdentity?> UserOfAsync(JsonElement bound, string tokenId, CancellationToken cancellationToken)
    {
        var namespaceName = bound.Text("namespace"u8);
        var name = bound.Get("serviceaccount"u8).Text("name"u8);
        var account = await objects.FindAsync<ServiceAccount>(namespaceName, name, cancellationToken);
        if (account is null || account.Metadata.Uid != bound.Get("serviceaccount"u8).Text("uid"u8))
        {
            return null;
        }

        var extra = new Dictionary<string, IReadOnlyList<string>> { [ExtraPrefix + "credential-id"] = [$"JTI={tokenId}"] };
        if (bound.Get("pod"u8).Exists())
        {
            var podName = bound.Get("pod"u8).Text("name"u8);
            var pod = await objects.FindAsync<Pod>(namespaceName, podName, cancellationToken);
            if (pod is null || pod.Metadata.Uid != bound.Get("pod"u8).Text("uid"u8) || clock.GetUtcNow() > pod.Metadata.DeletionTimestamp + DeletionLeeway)
            {
                return null;
            }

            extra[ExtraPrefix + "pod-name"] = [podName];
            extra[ExtraPrefix + "pod-uid"] = [pod.Metadata.Uid];
        }

        if (bound.Get("node"u8).Text("name"u8) is { Length: > 0 } node)
        {
            extra[ExtraPrefix + "node-name"] = [node];
        }

        return new UserIdentity(
            $"{UserPrefix}{namespaceName}:{name}", account.Metadata.Uid,
            ["system:serviceaccounts", $"system:serviceaccounts:{namespaceName}", UserIdentity.AuthenticatedGroup], extra.ToFrozenDictionary());
    }

    private static void WriteReference(Utf8JsonWriter writer, string name, ObjectMeta metadata)
    {
        writer.WriteStartObject(name);
        writer.WriteString("name"u8, metadata.Name);
        writer.WriteString("uid"u8, metadata.Uid);
        writer.WriteEndObject();
    }
}
