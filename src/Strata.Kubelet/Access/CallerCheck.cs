using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Kubelet.Access;

/// <summary>Who may call the kubelet's server. The cluster's CA signs many certificates, so a valid one is not enough: its name or a group must be among the known callers,
/// or the API server must allow the call, by SubjectAccessReview on the node, as the kubelet's webhook mode does (same cache times).</summary>
internal sealed class CallerCheck(KubeletServerOptions options, TimeProvider clock)
{
    private const int MaxRemembered = 1000;
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private static readonly TimeSpan AllowedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeniedFor = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string User, string Groups, string Verb, string Subresource), (bool IsAllowed, DateTimeOffset Until)> _verdicts = new();

    /// <exception cref="KubeletException">401 without a trusted certificate, 403 when its holder may not do this.</exception>
    public async Task DemandAsync(X509Certificate2? certificate, string verb, string subresource, CancellationToken cancellationToken)
    {
        if (certificate is null || !IsTrusted(certificate))
        {
            throw new KubeletException(401, "Unauthorized: a client certificate of the cluster is required");
        }

        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements).ToArray();
        var user = Values(names, CommonNameOid).FirstOrDefault() ?? "";
        string[] groups = [.. Values(names, OrganizationOid)];
        if (!options.Callers.Contains(user) && !options.Callers.Intersect(groups).Any() && !await IsAllowedAsync(user, groups, verb, subresource, cancellationToken))
        {
            throw new KubeletException(403, $"Forbidden (user={user}, verb={verb}, resource=nodes, subresource={subresource})");
        }
    }

    private bool IsTrusted(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(options.ClientAuthorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new(ClientAuthentication));
        return chain.Build(certificate);
    }

    private async Task<bool> IsAllowedAsync(string user, string[] groups, string verb, string subresource, CancellationToken cancellationToken)
    {
        var key = (user, string.Join('\n', groups), verb, subresource);
        var now = clock.GetUtcNow();
        if (_verdicts.TryGetValue(key, out var known) && known.Until > now)
        {
            return known.IsAllowed;
        }

        var review = new SubjectAccessReview
        {
            Spec = new SubjectAccessReviewSpec
            {
                User = user,
                Groups = [.. groups, "system:authenticated"],
                ResourceAttributes = new ResourceAttributes { Verb = verb, Version = "v1", Resource = "nodes", Subresource = subresource, Name = options.NodeName },
            },
        };
        var isAllowed = await ReviewAsync(review, cancellationToken);
        if (_verdicts.Count >= MaxRemembered)
        {
            _verdicts.Clear();
        }

        _verdicts[key] = (isAllowed, now + (isAllowed ? AllowedFor : DeniedFor));
        return isAllowed;
    }

    private async Task<bool> ReviewAsync(SubjectAccessReview review, CancellationToken cancellationToken)
    {
        try
        {
            return (await options.Client.CreateAsync(review, cancellationToken)).Status.Allowed;
        }
        catch (ApiException error)
        {
            throw new KubeletException(500, $"whether user {review.Spec.User} may do this cannot be found out: {error.Message}");
        }
    }

    private static IEnumerable<string> Values(IEnumerable<X500RelativeDistinguishedName> names, string oid) =>
        names.Where(part => part.GetSingleElementType().Value == oid).Select(part => part.GetSingleElementValue() ?? "");
}
