using System.Collections.Concurrent;

namespace Strata.VirtualNode.Pods;

/// <summary>The entries of all pods by UID. Thread-safe.</summary>
internal sealed class PodEntries
{
    private readonly ConcurrentDictionary<string, PodEntry> _entries = new(StringComparer.Ordinal);

    public PodEntry For(string uid) => _entries.GetOrAdd(uid, _ => new PodEntry());

    public PodEntry? Find(string uid) => _entries.GetValueOrDefault(uid);

    public void Remove(string uid) => _entries.TryRemove(uid, out _);

    /// <summary>Pods with a call of ours on its way.</summary>
    public IReadOnlyList<string> Awaited() => [.. _entries.Where(entry => entry.Value.IsAwaited).Select(entry => entry.Key)];
}
