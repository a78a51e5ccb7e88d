using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeAffinity;

/// <summary>Node selector and required node affinity rule nodes out; preferred node affinity ranks them.</summary>
internal sealed class NodeAffinityPlugin : IFilterPlugin, IScorePlugin
{
    private static readonly FilterVerdict NoMatch = FilterVerdict.Never("node(s) didn't match Pod's node affinity/selector");

    public string Name => "NodeAffinity";

    public bool Concerns(PodInfo pod) => pod.Pod.Spec.NodeSelector.Count > 0 || pod.Pod.Spec.Affinity?.NodeAffinity is not null;

    public int Weight => 2;

    public FilterVerdict Filter(PodInfo pod, NodeInfo node)
    {
        foreach (var (key, value) in pod.Pod.Spec.NodeSelector)
        {
            if (!node.Labels.TryGetValue(key, out var actual) || actual != value)
            {
                return NoMatch;
            }
        }

        var required = pod.Pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution;
        return required is null || NodeTerms.MatchesAny(required.NodeSelectorTerms, node) ? FilterVerdict.Fits : NoMatch;
    }

    public long Score(PodInfo pod, NodeInfo node)
    {
        long score = 0;
        var preferred = pod.Pod.Spec.Affinity?.NodeAffinity?.PreferredDuringSchedulingIgnoredDuringExecution ?? [];
        for (var index = 0; index < preferred.Count; index++)
        {
            score += NodeTerms.Matches(preferred[index].Preference, node) ? preferred[index].Weight : 0;
        }

        return score;
    }

    public void Normalize(Span<long> scores) => Scores.Scale(scores, reverse: false);
}
