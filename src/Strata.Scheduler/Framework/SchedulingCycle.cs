namespace Strata.Scheduler.Framework;

/// <summary>One decision: filter, narrow, score. Reads node state and changes nothing. Not thread-safe: it reuses its buffers.</summary>
/// <param name="random">Breaks ties.</param>
public sealed class SchedulingCycle(SchedulerProfile profile, Random random)
{
    private readonly List<NodeInfo> _feasible = [];
    private readonly RefusalCounter _refusals = new();
    private readonly List<IFilterPlugin> _filters = []; // Those that concern the pod at hand, as are _scorers.
    private readonly List<IScorePlugin> _scorers = [];
    private long[] _totals = [];
    private long[] _scores = [];

    /// <summary>Finds the best node for a pod.</summary>
    public SchedulingResult Run(PodInfo pod, IReadOnlyList<NodeInfo> nodes)
    {
        Prepare(pod);
        _refusals.Clear();
        _feasible.Clear();
        for (var index = 0; index < nodes.Count; index++)
        {
            var verdict = Verdict(pod, nodes[index]);
            if (ReferenceEquals(verdict, FilterVerdict.Fits))
            {
                _feasible.Add(nodes[index]);
            }
            else
            {
                _refusals.Add(verdict);
            }
        }

        var refusals = _refusals.ByReason();
        if (_feasible.Count == 0)
        {
            return new SchedulingResult(null, refusals, nodes.Count);
        }

        foreach (var plugin in profile.Narrows)
        {
            plugin.Narrow(pod, _feasible);
        }

        return new SchedulingResult(_feasible.Count == 1 ? _feasible[0] : Best(pod), refusals, nodes.Count);
    }

    private void Prepare(PodInfo pod)
    {
        _filters.Clear();
        _scorers.Clear();
        foreach (var filter in profile.Filters)
        {
            if (filter.Concerns(pod))
            {
                _filters.Add(filter);
            }
        }

        foreach (var scorer in profile.Scores)
        {
            if (scorer.Concerns(pod))
            {
                _scorers.Add(scorer);
            }
        }
    }

    // The first refusal of a node, or that it fits.
    private FilterVerdict Verdict(PodInfo pod, NodeInfo node)
    {
        for (var index = 0; index < _filters.Count; index++)
        {
            var verdict = _filters[index].Filter(pod, node);
            if (!ReferenceEquals(verdict, FilterVerdict.Fits))
            {
                return verdict;
            }
        }

        return FilterVerdict.Fits;
    }

    private NodeInfo Best(PodInfo pod)
    {
        var count = _feasible.Count;
        if (_totals.Length < count)
        {
            _totals = new long[count * 2];
            _scores = new long[count * 2];
        }

        var totals = _totals.AsSpan(0, count);
        var scores = _scores.AsSpan(0, count);
        totals.Clear();
        foreach (var plugin in _scorers)
        {
            var weight = plugin.Weight;
            for (var index = 0; index < count; index++)
            {
                scores[index] = plugin.Score(pod, _feasible[index]);
            }

            plugin.Normalize(scores);
            for (var index = 0; index < count; index++)
            {
                totals[index] += scores[index] * weight;
            }
        }

        return _feasible[PickHighest(totals)];
    }

    // Each of several equal nodes is equally likely. Chance is asked once: an empty cluster is one large tie.
    private int PickHighest(ReadOnlySpan<long> totals)
    {
        var highest = long.MinValue;
        var equals = 0;
        foreach (var total in totals)
        {
            equals = total > highest ? 1 : equals + (total == highest ? 1 : 0);
            highest = Math.Max(highest, total);
        }

        var skip = equals == 1 ? 0 : random.Next(equals);
        for (var index = 0; ; index++)
        {
            if (totals[index] == highest && skip-- == 0)
            {
                return index;
            }
        }
    }
}
