using System.Globalization;
using Strata.Api.Models;

namespace Strata.Controllers.ReplicaSets;

/// <summary>Which pod goes first when there are too many: the smaller one in this order. Upstream's ActivePodsWithRanks (pkg/controller/controller_utils.go), with one step of
/// ours: at equal deletion cost, a pod on a virtual node goes before one on a machine that is paid for anyway.</summary>
/// <param name="isVirtualNode">Whether a node's pods are metered instances.</param>
/// <param name="perNode">Active pods of the same workload on each node: a crowded node gives first.</param>
internal sealed class DeletionOrder(Func<string, bool> isVirtualNode, IReadOnlyDictionary<string, int> perNode, DateTimeOffset now) : IComparer<Pod>
{
    private const string DeletionCost = "controller.kubernetes.io/pod-deletion-cost";

    public int Compare(Pod? x, Pod? y)
    {
        var (left, right) = (x!, y!);
        var order = (left.Spec.NodeName.Length > 0).CompareTo(right.Spec.NodeName.Length > 0);
        order = order != 0 ? order : PhaseRank(left).CompareTo(PhaseRank(right));
        order = order != 0 ? order : left.IsReady().CompareTo(right.IsReady());
        order = order != 0 ? order : Cost(left).CompareTo(Cost(right));
        order = order != 0 ? order : isVirtualNode(right.Spec.NodeName).CompareTo(isVirtualNode(left.Spec.NodeName));
        order = order != 0 ? order : perNode.GetValueOrDefault(right.Spec.NodeName).CompareTo(perNode.GetValueOrDefault(left.Spec.NodeName));
        order = order != 0 || !left.IsReady() ? order : Magnitude(ReadySince(left)).CompareTo(Magnitude(ReadySince(right)));
        order = order != 0 ? order : Restarts(right.Status.ContainerStatuses).CompareTo(Restarts(left.Status.ContainerStatuses));
        order = order != 0 ? order : Restarts(right.Status.InitContainerStatuses).CompareTo(Restarts(left.Status.InitContainerStatuses));
        order = order != 0 ? order : Magnitude(left.Metadata.CreationTimestamp).CompareTo(Magnitude(right.Metadata.CreationTimestamp));
        return order != 0 ? order : string.CompareOrdinal(left.Metadata.Uid, right.Metadata.Uid);
    }

    private static int PhaseRank(Pod pod) => pod.Status.Phase switch { "Running" => 2, "Unknown" => 1, _ => 0 };

    // Invalid costs count as 0 (KEP-2255).
    private static int Cost(Pod pod) =>
        pod.Metadata.Annotations.TryGetValue(DeletionCost, out var text) && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var cost) ? cost : 0;

    private static DateTimeOffset? ReadySince(Pod pod) => pod.Status.Condition("Ready")?.LastTransitionTime;

    private static int Restarts(IReadOnlyList<ContainerStatus> containers) => containers.Select(container => container.RestartCount).DefaultIfEmpty().Max();

    // Ages count on a logarithmic scale, younger first: pods of about one age are equal, and in the end their uid decides, which is as good as chance (KEP-2185).
    private int Magnitude(DateTimeOffset? since)
    {
        var age = now - (since ?? now);
        return age > TimeSpan.Zero ? (int)Math.Log2(age.TotalNanoseconds) : -1;
    }
}
