using Strata.Api;

namespace Strata.Controllers.Runtime;

/// <summary>What a controller has asked for and not yet seen in its lister: while anything is outstanding the lister is behind, and acting on it would do the work twice.
/// Thread-safe. Semantics of upstream's ControllerExpectations: creations are counted, deletions are tracked by uid, and both expire.</summary>
internal sealed class Expectations(TimeProvider clock)
{
    private static readonly TimeSpan Expiry = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new(); // Guards _pending.
    private readonly Dictionary<ObjectKey, Pending> _pending = [];

    public void ExpectCreations(ObjectKey owner, int count)
    {
        lock (_lock)
        {
            Of(owner).Creations += count;
        }
    }

    public void ExpectDeletion(ObjectKey owner, string uid)
    {
        lock (_lock)
        {
            Of(owner).Deletions.Add(uid);
        }
    }

    /// <summary>A creation was seen, or will never be because the call failed.</summary>
    public void CreationSettled(ObjectKey owner)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(owner, out var pending) && pending.Creations > 0)
            {
                pending.Creations--;
            }
        }
    }

    /// <summary>A deletion was seen (gone or terminating), or its call failed.</summary>
    public void DeletionSettled(ObjectKey owner, string uid)
    {
        lock (_lock)
        {
            if (_pending.TryGetValue(owner, out var pending))
            {
                pending.Deletions.Remove(uid);
            }
        }
    }

    public void Forget(ObjectKey owner)
    {
        lock (_lock)
        {
            _pending.Remove(owner);
        }
    }

    public bool AreMet(ObjectKey owner)
    {
        lock (_lock)
        {
            return !_pending.TryGetValue(owner, out var pending) || IsOver(pending);
        }
    }

    // Expectations that are met or have expired must not lend their age to new ones.
    private Pending Of(ObjectKey owner)
    {
        if (!_pending.TryGetValue(owner, out var pending) || IsOver(pending))
        {
            _pending[owner] = pending = new Pending(clock.GetUtcNow());
        }

        return pending;
    }

    private bool IsOver(Pending pending) => (pending.Creations == 0 && pending.Deletions.Count == 0) || clock.GetUtcNow() - pending.Since > Expiry;

    private sealed class Pending(DateTimeOffset since)
    {
        public DateTimeOffset Since { get; } = since;

        public int Creations { get; set; }

        public HashSet<string> Deletions { get; } = [];
    }
}
