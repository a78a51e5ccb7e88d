using Strata.Api.Models;

namespace Strata.Controllers.GarbageCollection;

/// <summary>Who owns whom, by uid, as far as the watches have told. Thread-safe.</summary>
internal sealed class OwnerGraph
{
    private readonly Lock _lock = new(); // Guards _items and _dependents.
    private readonly Dictionary<string, GraphItem> _items = [];
    private readonly Dictionary<string, HashSet<string>> _dependents = []; // Owner uid → uids of dependents.

    /// <summary>Takes note of an object. Returns the owners that it no longer holds up: those it has left or stopped blocking.</summary>
    public IReadOnlyList<string> Put(KindInfo kind, ObjectMeta metadata)
    {
        lock (_lock)
        {
            var before = _items.GetValueOrDefault(metadata.Uid)?.Metadata.OwnerReferences ?? [];
            Unlink(metadata.Uid);
            _items[metadata.Uid] = new GraphItem(kind, metadata);
            foreach (var owner in metadata.OwnerReferences)
            {
                if (!_dependents.TryGetValue(owner.Uid, out var dependents))
                {
                    _dependents.Add(owner.Uid, dependents = []);
                }

                dependents.Add(metadata.Uid);
            }

            return [.. before.Where(static owner => owner.BlockOwnerDeletion == true).Select(static owner => owner.Uid)
                .Except(metadata.OwnerReferences.Where(static owner => owner.BlockOwnerDeletion == true).Select(static owner => owner.Uid))];
        }
    }

    public void Remove(string uid)
    {
        lock (_lock)
        {
            Unlink(uid);
            _items.Remove(uid);
        }
    }

    public GraphItem? Get(string uid)
    {
        lock (_lock)
        {
            return _items.GetValueOrDefault(uid);
        }
    }

    public IReadOnlyList<GraphItem> DependentsOf(string uid)
    {
        lock (_lock)
        {
            return _dependents.TryGetValue(uid, out var dependents) ? [.. dependents.Select(dependent => _items.GetValueOrDefault(dependent)).OfType<GraphItem>()] : [];
        }
    }

    private void Unlink(string uid)
    {
        if (!_items.TryGetValue(uid, out var known))
        {
            return;
        }

        foreach (var owner in known.Metadata.OwnerReferences)
        {
            if (_dependents.TryGetValue(owner.Uid, out var dependents) && dependents.Remove(uid) && dependents.Count == 0)
            {
                _dependents.Remove(owner.Uid);
            }
        }
    }
}
