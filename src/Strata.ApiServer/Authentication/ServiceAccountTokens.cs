using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Strata.Api.Models;
using Strata.ApiServer.Discovery;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Authentication;

/// <summary>Tokens of service accounts: issued for a while, for an audience, and usually bound to a pod, with which they end (KEP-1205); and those in
/// secrets, which have no end of their own.</summary>
/// <param name="issuer">The claim <c>iss</c>, a URL.</param>
/// <param name="audiences">Audiences of this API server; the first is given to tokens that ask for none.</param>
internal sealed class ServiceAccountTokens(
    TokenSigner signer, string issuer, IReadOnlyList<string> audiences, IObjectReader objects, IdentitySource identities, TimeProvider clock) : IAuthenticator
{
    private const string UserPrefix = "system:serviceaccount:";
    private const string LegacyIssuer = "kubernetes/serviceaccount";
    private const string ExtraPrefix = "authentication.kubernetes.io/";

    // What is being deleted may finish its work (upstream: serviceaccount/claims.go).
    private static readonly TimeSpan DeletionLeeway = TimeSpan.FromSeconds(60);

    public string Issuer => issuer;

    public IReadOnlyList<string> Audiences => audiences;

    public async ValueTask<UserIdentity?> AuthenticateAsync(Credentials credentials, CancellationToken cancellationToken) =>
        credentials.Token is { } token ? (await ValidateAsync(token, audiences, cancellationToken))?.User : null;

    /// <summary>Issues a token.</summary>
    /// <param name="forAudiences">Who may accept it; empty for this API server.</param>
    /// <param name="lifetime">How long it is good; a pod's token of the usual length is good for longer, see <see cref="TokenLifetime"/>.</param>
    /// <param name="binding">What it ends with.</param>
    public string Issue(ServiceAccount account, IReadOnlyList<string> forAudiences, TimeSpan lifetime, TokenBinding binding)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var isExtended = binding.Pod is not null && TokenLifetime.IsExtended(lifetime) && forAudiences.All(audiences.Contains);
        return signer.Sign(JsonDocuments.Build(writer =>
        {
            writer.WriteStartObject();
            JsonDocuments.WriteTexts(writer, "aud", forAudiences.Count > 0 ? forAudiences : [audiences[0]]);
            writer.WriteNumber("exp"u8, now + (long)(isExtended ? TokenLifetime.Extended : lifetime).TotalSeconds);
            writer.WriteNumber("iat"u8, now);
            writer.WriteString("iss"u8, issuer);
            writer.WriteString("jti"u8, identities.NewUid());
            writer.WriteStartObject("kubernetes.io"u8);
            writer.WriteString("namespace"u8, account.Metadata.Namespace);
            WriteReference(writer, "node", binding.Node?.Metadata);
            WriteReference(writer, "pod", binding.Pod?.Metadata);
            WriteReference(writer, "secret", binding.Secret?.Metadata);
            WriteReference(writer, "serviceaccount", account.Metadata);
            if (isExtended)
            {
                writer.WriteNumber("warnafter"u8, now + (long)lifetime.TotalSeconds);
            }

            writer.WriteEndObject();
            writer.WriteNumber("nbf"u8, now);
            writer.WriteString("sub"u8, UserOf(account.Metadata.Namespace, account.Metadata.Name));
            writer.WriteEndObject();
        }));
    }

    /// <summary>Issues a token for a secret of type <c>kubernetes.io/service-account-token</c>: it has no end but that of the secret or the account.</summary>
    public string IssueLegacy(ServiceAccount account, string secretName) => signer.Sign(JsonDocuments.Build(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("iss"u8, LegacyIssuer);
        writer.WriteString("kubernetes.io/serviceaccount/namespace"u8, account.Metadata.Namespace);
        writer.WriteString("kubernetes.io/serviceaccount/secret.name"u8, secretName);
        writer.WriteString("kubernetes.io/serviceaccount/service-account.name"u8, account.Metadata.Name);
        writer.WriteString("kubernetes.io/serviceaccount/service-account.uid"u8, account.Metadata.Uid);
        writer.WriteString("sub"u8, UserOf(account.Metadata.Namespace, account.Metadata.Name));
        writer.WriteEndObject();
    }));

    /// <summary>Whether a token is ours, of the time, meant for one of <paramref name="wanted"/>, and what it stands for still exists.</summary>
    /// <returns>Whose token it is and which of the wanted audiences it names; null when it is not good.</returns>
    public async ValueTask<ValidToken?> ValidateAsync(string token, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        if (signer.Verify(token) is not { } claims)
        {
            return null;
        }

        switch (claims.Text("iss"u8))
        {
            case LegacyIssuer:
                return await LegacyAsync(claims, token, wanted, cancellationToken);
            case var by when by != issuer:
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

    private async ValueTask<ValidToken?> LegacyAsync(JsonElement claims, string token, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var namespaceName = claims.Text("kubernetes.io/serviceaccount/namespace"u8);
        var secret = await objects.FindAsync<Secret>(namespaceName, claims.Text("kubernetes.io/serviceaccount/secret.name"u8), cancellationToken);
        var account = await objects.FindAsync<ServiceAccount>(namespaceName, claims.Text("kubernetes.io/serviceaccount/service-account.name"u8), cancellationToken);

        // It names no audience, so it is for the API server only.
        var matched = audiences.Intersect(wanted).ToArray();
        return matched.Length > 0 && secret is { Metadata.DeletionTimestamp: null }
            && account is not null && account.Metadata.Uid == claims.Text("kubernetes.io/serviceaccount/service-account.uid"u8)
            && secret.Data.TryGetValue("token", out var stored) && CryptographicOperations.FixedTimeEquals(stored, Encoding.UTF8.GetBytes(token))
            ? new ValidToken(IdentityOf(account, FrozenDictionary<string, IReadOnlyList<string>>.Empty), matched)
            : null;
    }

    private async ValueTask<UserIdentity?> UserOfAsync(JsonElement bound, string tokenId, CancellationToken cancellationToken)
    {
        var namespaceName = bound.Text("namespace"u8);
        var account = await FindAsync<ServiceAccount>(namespaceName, bound.Get("serviceaccount"u8), cancellationToken);
        if (account is null)
        {
            return null;
        }

        var extra = new Dictionary<string, IReadOnlyList<string>> { [ExtraPrefix + "credential-id"] = [$"JTI={tokenId}"] };
        var (pod, secret, node) = (bound.Get("pod"u8), bound.Get("secret"u8), bound.Get("node"u8));
        if (pod.Exists())
        {
            if (await FindAsync<Pod>(namespaceName, pod, cancellationToken) is null)
            {
                return null;
            }

            Add(extra, "pod", pod);
        }

        if (secret.Exists() && await FindAsync<Secret>(namespaceName, secret, cancellationToken) is null)
        {
            return null;
        }

        if (node.Exists())
        {
            // A pod's token tells the node for information; only a token of its own is the node's.
            if (!pod.Exists() && await FindAsync<Node>("", node, cancellationToken) is null)
            {
                return null;
            }

            Add(extra, "node", node);
        }

        return IdentityOf(account, extra.ToFrozenDictionary());
    }

    private static string UserOf(string namespaceName, string name) => $"{UserPrefix}{namespaceName}:{name}";

    private static UserIdentity IdentityOf(ServiceAccount account, FrozenDictionary<string, IReadOnlyList<string>> extra) => new(
        UserOf(account.Metadata.Namespace, account.Metadata.Name), account.Metadata.Uid,
        ["system:serviceaccounts", $"system:serviceaccounts:{account.Metadata.Namespace}", UserIdentity.AuthenticatedGroup], extra);

    private static void Add(Dictionary<string, IReadOnlyList<string>> extra, string kind, JsonElement reference)
    {
        extra[$"{ExtraPrefix}{kind}-name"] = [reference.Text("name"u8)];
        if (reference.Text("uid"u8) is { Length: > 0 } uid)
        {
            extra[$"{ExtraPrefix}{kind}-uid"] = [uid];
        }
    }

    // Null when it is gone, another of the same name, or being deleted for longer than it takes to finish.
    private async ValueTask<T?> FindAsync<T>(string namespaceName, JsonElement reference, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var found = await objects.FindAsync<T>(namespaceName, reference.Text("name"u8), cancellationToken);
        return found is null || found.Metadata.Uid != reference.Text("uid"u8) || clock.GetUtcNow() > found.Metadata.DeletionTimestamp + DeletionLeeway ? null : found;
    }

    private static void WriteReference(Utf8JsonWriter writer, string name, ObjectMeta? metadata)
    {
        if (metadata is null)
        {
            return;
        }

        writer.WriteStartObject(name);
        writer.WriteString("name"u8, metadata.Name);
        writer.WriteString("uid"u8, metadata.Uid);
        writer.WriteEndObject();
    }
}
