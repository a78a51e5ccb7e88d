using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeUnschedulable;

/// <summary>Keeps pods off cordoned nodes (<c>spec.unschedulable</c>) unless they tolerate the cordon taint.</summary>
internal sealed class NodeUnschedulablePlugin : IFilterPlugin
{
    private static readonly Taint CordonTaint = new() { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" };
    private static readonly FilterVerdict Cordoned = FilterVerdict.Never("node(s) were unschedulable");

    public string Name => "NodeUnschedulable";

    public FilterVerdict Filter(PodInfo pod, NodeInfo node) => !node.IsCordoned || pod.Tolerates(CordonTaint) ? FilterVerdict.Fits : Cordoned;
}
