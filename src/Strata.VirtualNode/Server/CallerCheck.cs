using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;

namespace Strata.VirtualNode.Server;

/// <summary>Who may call the kubelet API. The cluster's CA signs many certificates, so a valid one is not enough: its name or a group must be among the known callers, or the
/// API server must allow it (SubjectAccessReview on the node, as the kubelet's webhook mode does; same cache times).</summary>
internal sealed class CallerCheck(VirtualNodeOptions options, TimeProvider clock)
{
    private const int MaxRemembered = 1000;
    private const string CommonNameOid = "2.5.4.3";
    private const string OrganizationOid = "2.5.4.10";
    private static readonly TimeSpan AllowedFor = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeniedFor = TimeSpan.FromSeconds(30);
    private readonly ConcurrentDictionary<(string User, string Groups, string Verb, string Subresource), (bool IsAllowed, DateTimeOffset Until)> _verdicts = new();

    /// <summary>Why the caller is refused; null when it is not.</summary>
    public async Task<string?> RefusalAsync(HttpContext context, string route)
    {
        if (context.Connection.ClientCertificate is not { } certificate)
        {
            return "a client certificate is required";
        }

        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements).ToArray();
        var user = Values(names, CommonNameOid).FirstOrDefault() ?? "";
        var groups = Values(names, OrganizationOid).ToArray();
        if (options.Callers.Contains(user) || options.Callers.Intersect(groups).Any())
        {
            return null;
        }

        var verb = HttpMethods.IsGet(context.Request.Method) ? "get" : "create";
        var subresource = route switch { "stats" => "stats", "metrics" => "metrics", _ => "proxy" };
        return await IsAllowedAsync(user, groups, verb, subresource, context.RequestAborted)
            ? null
            : $"user \"{user}\" may not {verb} nodes/{subresource} of node \"{options.NodeName}\"";
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
        var isAllowed = (await options.Client.CreateAsync(review, cancellationToken)).Status.Allowed;
        if (_verdicts.Count >= MaxRemembered)
        {
            _verdicts.Clear();
        }

        _verdicts[key] = (isAllowed, now + (isAllowed ? AllowedFor : DeniedFor));
        return isAllowed;
    }

    private static IEnumerable<string> Values(IEnumerable<X500RelativeDistinguishedName> names, string oid) =>
        names.Where(part => part.GetSingleElementType().Value == oid).Select(part => part.GetSingleElementValue() ?? "");
}
