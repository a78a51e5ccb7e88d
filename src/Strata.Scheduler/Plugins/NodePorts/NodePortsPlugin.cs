using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodePorts;

/// <summary>Two pods cannot have the same host port on one node.</summary>
internal sealed class NodePortsPlugin : IFilterPlugin
{
    private static readonly FilterVerdict Taken = FilterVerdict.NotNow("node(s) didn't have free ports for the requested pod ports");

    public string Name => "NodePorts";

    public bool Concerns(PodInfo pod) => pod.HostPorts.Count > 0;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var other in node.Pods)
        {
            foreach (var taken in other.HostPorts)
            {
                foreach (var wanted in pod.HostPorts)
                {
                    if (wanted.ConflictsWith(taken))
                    {
                        return Taken;
                    }
                }
            }
        }

        return FilterVerdict.Fits;
    }
}
