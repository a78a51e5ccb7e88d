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
            .ThenBy(static group => VersionRank(group.Key.Version)).ThenByDescending(static group => VersionNumber(group.Key.Version))
            .ThenByDescending(static group => group.Key.Version, StringComparer.Ordinal)
            .Select(static group => new GroupVersionResources(
                group.Key.Group, group.Key.Version, [.. group.OrderBy(static endpoint => endpoint.FullName, StringComparer.Ordinal)])),
    ];

    private static int Rank(string group) => Array.IndexOf(GroupOrder, group) is >= 0 and var rank ? rank : GroupOrder.Length;

    private static int VersionNumber(string version) =>
        int.TryParse(version.AsSpan().TrimStart('v') is var digits && digits.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? digits[..end] : digits, out var number) ? number : 0;

    // v2, v1, then v1beta1, then v1alpha1.
    private static int VersionRank(string version) =>
        version.Contains("alpha", StringComparison.Ordinal) ? 2 : version.Contains("beta", StringComparison.Ordinal) ? 1 : 0;
}
