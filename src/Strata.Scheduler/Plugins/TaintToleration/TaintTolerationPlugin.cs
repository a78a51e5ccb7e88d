using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.TaintToleration;

/// <summary>Keeps pods off nodes with a NoSchedule or NoExecute taint that they do not tolerate, and prefers nodes with fewer PreferNoSchedule taints.</summary>
internal sealed class TaintTolerationPlugin : IFilterPlugin, IScorePlugin
{
    private static readonly FilterVerdict Untolerated = FilterVerdict.Never("node(s) had untolerated taint(s)");

    public string Name => "TaintToleration";

    public int Weight => 3;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node)
    {
        var taints = node.HardTaints;
        for (var index = 0; index < taints.Count; index++)
        {
            if (!pod.Tolerates(taints[index]))
            {
                return Untolerated;
            }
        }

        return FilterVerdict.Fits;
    }

    public long Score(PodInfo pod, NodeInfo node)
    {
        long untolerated = 0;
        var taints = node.SoftTaints;
        for (var index = 0; index < taints.Count; index++)
        {
            untolerated += pod.Tolerates(taints[index]) ? 0 : 1;
        }

        return untolerated;
    }

    public void Normalize(Span<long> scores) => Scores.Scale(scores, reverse: true);
}
