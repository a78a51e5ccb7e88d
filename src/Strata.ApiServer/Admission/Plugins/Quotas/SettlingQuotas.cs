using Strata.Api;

namespace Strata.ApiServer.Admission.Plugins.Quotas;

/// <summary>Quotas that have been charged for objects which others may not see yet. Whoever counts the objects at such a moment comes to a number that is too low, and must
/// not write it down: the object that was missed would be given out a second time. Thread-safe.</summary>
/// <remarks>Upstream has this race. It is closed here for the charges of one server; those of others show in the version of the quota only.</remarks>
internal sealed class SettlingQuotas(TimeProvider clock)
{
    // From a count to the write of its result; who takes longer counts again.
    private static readonly TimeSpan AfterStore = TimeSpan.FromSeconds(1);

    // A write whose outcome nobody knows is never settled.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new(); // Guards _quotas.
    private readonly Dictionary<ObjectKey, State> _quotas = [];

    /// <summary>A charge begins.</summary>
    public void Add(ObjectKey quota)
    {
        lock (_lock)
        {
            var known = _quotas.GetValueOrDefault(quota);
            _quotas[quota] = known with { Count = known.Count + 1, Until = clock.GetUtcNow() + Longest };
        }
    }

    /// <summary>The object of a charge was stored.</summary>
    public void Stored(ObjectKey quota) => End(quota, AfterStore);

    /// <summary>There is no charge, or it was given back.</summary>
    public void Forget(ObjectKey quota) => End(quota, TimeSpan.Zero);

    public bool IsSettling(ObjectKey quota)
    {
        lock (_lock)
        {
            if (!_quotas.TryGetValue(quota, out var known))
            {
                return false;
            }

            var now = clock.GetUtcNow();
            if ((known.Count > 0 && now < known.Until) || now < known.CalmFrom)
            {
                return true;
            }

            _quotas.Remove(quota);
            return false;
        }
    }

    private void End(ObjectKey quota, TimeSpan rest)
    {
        lock (_lock)
        {
            if (_quotas.TryGetValue(quota, out var known))
            {
                var calm = clock.GetUtcNow() + rest;
                _quotas[quota] = known with { Count = Math.Max(0, known.Count - 1), CalmFrom = calm > known.CalmFrom ? calm : known.CalmFrom };
            }
        }
    }

    private readonly record struct State(int Count, DateTimeOffset Until, DateTimeOffset CalmFrom);
}
