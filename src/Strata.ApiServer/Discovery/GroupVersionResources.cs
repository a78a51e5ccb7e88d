using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Discovery;

/// <summary>The resources served in one version of a group.</summary>
/// <param name="Endpoints">Resources and their subresources.</param>
internal sealed record GroupVersionResources(string Group, string Version, IReadOnlyList<EndpointInfo> Endpoints)
{
    public string GroupVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    // Which group wins for an ambiguous short name (kube-aggregator: apiregistration priorities).
    private static readonly string[] GroupOrder =
    [
        "", "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io",
        "networking.k8s.io", "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io",
        "coordination.k8s.io", "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io",
    ];

    /// <summary>All group versions, in order of preference.</summary>
    public static IReadOnlyList<GroupVersionResources> From(IEnumerable<EndpointInfo> endpoints) =>
    [
        .. endpoints.GroupBy(static endpoint => (endpoint.Group, endpoint.Version))
            .OrderBy(static group => Rank(group.Key.Group)).ThenBy(static group => group.Key.Group, StringComparer.Ordinal)
            .ThenBy(static group => group.Key.Version, VersionOrder.Instance)
            .Select(static group => new GroupVersionResources(
                group.Key.Group, group.Key.Version, [.. group.OrderBy(static endpoint => endpoint.FullName, StringComparer.Ordinal)])),
    ];

    private static int Rank(string group) => Array.IndexOf(GroupOrder, group) is >= 0 and var rank ? rank : GroupOrder.Length;
}
