namespace Strata.Scheduler.Framework;

/// <summary>Where a pod goes, or why nowhere.</summary>
/// <param name="Node">The chosen node; null when none fits.</param>
/// <param name="Refusals">How many nodes refused, by reason.</param>
/// <param name="NodeCount">Nodes looked at.</param>
public sealed record SchedulingResult(NodeInfo? Node, IReadOnlyDictionary<string, int> Refusals, int NodeCount)
{
    /// <summary>Upstream's sentence: <c>0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu.</c></summary>
    public string Explain()
    {
        if (NodeCount == 0)
        {
            return "no nodes available to schedule pods";
        }

        return $"0/{NodeCount} nodes are available: {Reasons()}.";
    }

    /// <summary>The refusals as one text, ordered as upstream does.</summary>
    public string Reasons() =>
        string.Join(", ", Refusals.Select(refusal => $"{refusal.Value} {refusal.Key}").Order(StringComparer.Ordinal));
}
