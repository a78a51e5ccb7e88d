namespace Strata.Scheduler.Framework;

/// <summary>Counts verdicts during one cycle. Verdicts are shared instances and a cycle meets few of them, so a search by reference beats hashing reasons.</summary>
internal sealed class RefusalCounter
{
    private readonly List<FilterVerdict> _verdicts = [];
    private readonly List<int> _counts = [];

    public void Clear()
    {
        _verdicts.Clear();
        _counts.Clear();
    }

    public void Add(FilterVerdict verdict)
    {
        for (var index = 0; index < _verdicts.Count; index++)
        {
            if (ReferenceEquals(_verdicts[index], verdict))
            {
                _counts[index]++;
                return;
            }
        }

        _verdicts.Add(verdict);
        _counts.Add(1);
    }

    /// <summary>Nodes by reason; a node with several reasons counts for each.</summary>
    public IReadOnlyDictionary<string, int> ByReason()
    {
        var reasons = new Dictionary<string, int>();
        for (var index = 0; index < _verdicts.Count; index++)
        {
            foreach (var reason in _verdicts[index].Reasons)
            {
                reasons[reason] = reasons.GetValueOrDefault(reason) + _counts[index];
            }
        }

        return reasons;
    }
}
