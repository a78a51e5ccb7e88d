namespace Strata.Scheduler.Framework;

/// <summary>Extension point Filter: rules nodes out. Runs once per pod and node, so it must not allocate.</summary>
public interface IFilterPlugin : IPlugin
{
    FilterVerdict Filter(PodInfo pod, NodeInfo node);
}
