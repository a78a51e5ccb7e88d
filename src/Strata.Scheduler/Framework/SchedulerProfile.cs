using Strata.Scheduler.Plugins.InstanceBurst;
using Strata.Scheduler.Plugins.NodeAffinity;
using Strata.Scheduler.Plugins.NodeName;
using Strata.Scheduler.Plugins.NodePorts;
using Strata.Scheduler.Plugins.NodeResources;
using Strata.Scheduler.Plugins.NodeUnschedulable;
using Strata.Scheduler.Plugins.TaintToleration;

namespace Strata.Scheduler.Framework;

/// <summary>The plugins that a scheduler runs, by extension point, in order.</summary>
public sealed class SchedulerProfile
{
    /// <param name="plugins">All plugins; each takes part in every extension point whose interface it fills.</param>
    public SchedulerProfile(IReadOnlyList<IPlugin> plugins)
    {
        Filters = [.. plugins.OfType<IFilterPlugin>()];
        Narrows = [.. plugins.OfType<INarrowPlugin>()];
        Scores = [.. plugins.OfType<IScorePlugin>()];
    }

    public IReadOnlyList<IFilterPlugin> Filters { get; }

    public IReadOnlyList<INarrowPlugin> Narrows { get; }

    public IReadOnlyList<IScorePlugin> Scores { get; }

    /// <summary>The one list of plugins: adding one is a folder and a line. Cheap and decisive filters come first.</summary>
    public static SchedulerProfile Default() => new(
    [
        new NodeUnschedulablePlugin(),
        new NodeNamePlugin(),
        new TaintTolerationPlugin(),
        new NodeAffinityPlugin(),
        new InstanceBurstPlugin(),
        new FitPlugin(),
        new NodePortsPlugin(),
        new BalancedAllocationPlugin(),
    ]);
}
