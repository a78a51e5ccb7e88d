using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Admission.Plugins;

/// <summary>Which labels a node agent may set on its own Node (KEP-279): its own facts, and anything outside the domains of Kubernetes, but no label that
/// the scheduler's users rely on for isolation.</summary>
internal static class NodeLabels
{
    private static readonly FrozenSet<string> Facts = FrozenSet.Create(
        StringComparer.Ordinal,
        "kubernetes.io/hostname", "kubernetes.io/arch", "kubernetes.io/os", "beta.kubernetes.io/arch", "beta.kubernetes.io/os", "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type", "topology.kubernetes.io/region", "topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/region",
        "failure-domain.beta.kubernetes.io/zone");

    public static IReadOnlyList<string> ForbiddenChanges(JsonObject? labels, JsonObject? old)
    {
        var keys = labels.Entries().Select(static entry => entry.Key).Union(old.Entries().Select(static entry => entry.Key), StringComparer.Ordinal);
        return [.. keys.Where(key => !IsAllowed(key) && !JsonNode.DeepEquals(labels?[key], old?[key])).Order(StringComparer.Ordinal)];
    }

    private static bool IsAllowed(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Facts.Contains(key))
        {
            return true;
        }

        var domain = key[..slash];
        if (IsIn(domain, "kubelet.kubernetes.io") || IsIn(domain, "node.kubernetes.io"))
        {
            return true;
        }

        return !IsIn(domain, "kubernetes.io") && !IsIn(domain, "k8s.io");
    }

    private static bool IsIn(string domain, string parent) =>
        domain == parent || (domain.EndsWith(parent, StringComparison.Ordinal) && domain[^(parent.Length + 1)] == '.');
}
