using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.InstanceBurst;

/// <summary>Dedicated nodes first: a pod goes to a virtual node only when no dedicated node fits, or when its annotation says so.</summary>
internal sealed class InstanceBurstPlugin : INarrowPlugin, IFilterPlugin
{
    /// <summary>Annotation of pods: <c>allow</c> (default), <c>prefer</c> (instances first) or <c>never</c>.</summary>
    public const string Annotation = "strata.dev/burst";

    private static readonly FilterVerdict Refused = FilterVerdict.Never("node(s) were virtual and the pod's annotation strata.dev/burst is never");

    public string Name => "InstanceBurst";

    public FilterVerdict Filter(PodInfo pod, NodeInfo node) => node.IsVirtual && PolicyOf(pod) == "never" ? Refused : FilterVerdict.Fits;

    public void Narrow(PodInfo pod, List<NodeInfo> feasible)
    {
        var wantsVirtual = PolicyOf(pod) == "prefer";
        if (feasible.Exists(node => node.IsVirtual == wantsVirtual))
        {
            feasible.RemoveAll(node => node.IsVirtual != wantsVirtual);
        }
    }

    private static string PolicyOf(PodInfo pod) => pod.Pod.Metadata.Annotations.GetValueOrDefault(Annotation, "allow");
}
