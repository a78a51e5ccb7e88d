using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeName;

/// <summary>A pod that names its node goes nowhere else.</summary>
internal sealed class NodeNamePlugin : IFilterPlugin
{
    private static readonly FilterVerdict Other = FilterVerdict.Never("node(s) didn't match the requested node name");

    public string Name => "NodeName";

    public bool Concerns(PodInfo pod) => pod.Pod.Spec.NodeName.Length > 0;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node) => pod.Pod.Spec.NodeName == node.Name ? FilterVerdict.Fits : Other;
}
