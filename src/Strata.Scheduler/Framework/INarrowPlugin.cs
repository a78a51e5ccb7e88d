namespace Strata.Scheduler.Framework;

/// <summary>Extension point of ours, between Filter and Score: keeps only the best class of the feasible nodes. An order of placement must not be a score, because
/// scores can be outweighed and an order cannot.</summary>
public interface INarrowPlugin : IPlugin
{
    /// <summary>Removes nodes from <paramref name="feasible"/>, never all of them.</summary>
    void Narrow(PodInfo pod, List<NodeInfo> feasible);
}
