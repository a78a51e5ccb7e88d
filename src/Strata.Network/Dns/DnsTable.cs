using System.Collections.Concurrent;

namespace Strata.Network.Dns;

/// <summary>The names and records the cluster owns. Readers never wait; writers take turns.</summary>
/// <remarks>Owners (a service, the zone itself) replace all their records at once. A name above one with records exists too, with
/// none of its own (RFC 4592, 2.2.2), so it answers "no data" and not "no such name".</remarks>
internal sealed class DnsTable
{
    private readonly ConcurrentDictionary<byte[], DnsNode> _nodes = new(DnsNameComparer.Instance);
    private readonly ConcurrentDictionary<byte[], DnsNode>.AlternateLookup<ReadOnlySpan<byte>> _lookup;
    private readonly Lock _lock = new();
    private readonly Dictionary<object, IReadOnlyList<DnsRecord>> _byOwner = []; // Under _lock.
    private readonly Dictionary<byte[], int> _childCount = new(DnsNameComparer.Instance); // Under _lock.

    public DnsTable()
    {
        _lookup = _nodes.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int NameCount => _nodes.Count;

    /// <summary>The records of a name in lower-case wire form; null when there is no such name.</summary>
    public DnsNode? Find(ReadOnlySpan<byte> name) => _lookup.TryGetValue(name, out var node) ? node : null;

    /// <summary>Replaces everything <paramref name="owner"/> had in the table; an empty list removes it.</summary>
    public void Set(object owner, IReadOnlyList<DnsRecord> records)
    {
        lock (_lock)
        {
            var before = _byOwner.GetValueOrDefault(owner) ?? [];
            // Each name changes in one step, so a reader never sees a name that stays without its records.
            var after = records.ToLookup(static r => r.Name, DnsNameComparer.Instance);
            foreach (var group in after)
            {
                Replace(owner, group.Key, group);
            }
            foreach (var name in before.Select(static r => r.Name).Distinct(DnsNameComparer.Instance))
            {
                if (!after.Contains(name))
                {
                    Replace(owner, name, []);
                }
            }
            if (records.Count > 0)
            {
                _byOwner[owner] = records;
            }
            else
            {
                _byOwner.Remove(owner);
            }
        }
    }

    private void Replace(object owner, byte[] name, IEnumerable<DnsRecord> records)
    {
        var old = _nodes.GetValueOrDefault(name);
        var node = (old ?? DnsNode.Empty).Without(owner);
        foreach (var record in records)
        {
            node = node.Add(owner, record);
        }
        var hadRecords = old is { IsEmpty: false };
        if (!node.IsEmpty && !hadRecords)
        {
            CountChild(name, 1);
        }
        else if (node.IsEmpty && hadRecords)
        {
            CountChild(name, -1);
        }
        Store(name, node);
    }

    private void Store(byte[] name, DnsNode node)
    {
        if (node.IsEmpty && !_childCount.ContainsKey(name))
        {
            _nodes.TryRemove(name, out _);
        }
        else
        {
            _nodes[name] = node;
        }
    }

    // Every name above counts the names with records below it.
    private void CountChild(byte[] name, int step)
    {
        for (var parent = DnsName.Parent(name).ToArray(); parent[0] != 0; parent = DnsName.Parent(parent).ToArray())
        {
            var count = _childCount.GetValueOrDefault(parent) + step;
            if (count > 0)
            {
                _childCount[parent] = count;
                _nodes.TryAdd(parent, DnsNode.Empty);
            }
            else
            {
                _childCount.Remove(parent);
                Store(parent, _nodes.GetValueOrDefault(parent) ?? DnsNode.Empty);
            }
        }
    }
}
