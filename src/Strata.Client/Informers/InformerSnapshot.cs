using System.Collections.Immutable;
using Strata.Api;
using Strata.Api.Models;

namespace Strata.Client.Informers;

/// <summary>One state of an informer: objects and indexes. Immutable; a change shares almost everything with its predecessor.</summary>
internal sealed class InformerSnapshot<T>
    where T : class, IKubeObject
{
    public static readonly InformerSnapshot<T> Empty =
        new InformerSnapshot<T>(ImmutableDictionary<ObjectKey, T>.Empty, ImmutableDictionary<string, IndexState>.Empty)
            .WithIndex(NamespaceIndex, static item => [item.Metadata.Namespace]);

    private const string NamespaceIndex = ""; // Every snapshot has it; a name that nobody else chooses.

    private readonly ImmutableDictionary<string, IndexState> _indexes;
    private IReadOnlyList<T>? _all; // Made on first use.

    private InformerSnapshot(ImmutableDictionary<ObjectKey, T> objects, ImmutableDictionary<string, IndexState> indexes)
    {
        Objects = objects;
        _indexes = indexes;
    }

    public ImmutableDictionary<ObjectKey, T> Objects { get; }

    public IReadOnlyList<T> All() => _all ??= [.. Objects.Values];

    public IReadOnlyList<T> InNamespace(string namespaceName) => ByIndex(NamespaceIndex, namespaceName);

    public IReadOnlyList<T> ByIndex(string index, string value)
    {
        if (!_indexes.TryGetValue(index, out var state))
        {
            throw new InvalidOperationException($"no index \"{index}\" on {typeof(T).Name}; add it before the informer runs");
        }

        return state.Entries.TryGetValue(value, out var keys) ? [.. keys.Select(key => Objects[key])] : [];
    }

    public InformerSnapshot<T> WithIndex(string index, Func<T, IEnumerable<string>> keysOf)
    {
        var state = new IndexState(keysOf, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>>.Empty);
        foreach (var item in Objects.Values)
        {
            state = state.Move(null, item);
        }

        return new InformerSnapshot<T>(Objects, _indexes.SetItem(index, state));
    }

    public InformerSnapshot<T> Apply(InformerChange<T> change)
    {
        var key = change.Object.Key();
        var known = Objects.GetValueOrDefault(key);
        var objects = change.New is null ? Objects.Remove(key) : Objects.SetItem(key, change.New);
        var indexes = _indexes;
        foreach (var (name, state) in _indexes)
        {
            var moved = state.Move(known, change.New);
            indexes = ReferenceEquals(moved, state) ? indexes : indexes.SetItem(name, moved);
        }

        return new InformerSnapshot<T>(objects, indexes);
    }

    private sealed record IndexState(Func<T, IEnumerable<string>> KeysOf, ImmutableDictionary<string, ImmutableHashSet<ObjectKey>> Entries)
    {
        public IndexState Move(T? from, T? to)
        {
            var before = from is null ? [] : KeysOf(from);
            var after = to is null ? [] : KeysOf(to);
            if (from is not null && to is not null && before.SequenceEqual(after))
            {
                return this; // Most changes are of status and move nothing.
            }

            var entries = Entries;
            foreach (var value in before)
            {
                if (entries.TryGetValue(value, out var keys))
                {
                    keys = keys.Remove(from!.Key());
                    entries = keys.IsEmpty ? entries.Remove(value) : entries.SetItem(value, keys);
                }
            }

            foreach (var value in after)
            {
                entries = entries.SetItem(value, entries.GetValueOrDefault(value, ImmutableHashSet<ObjectKey>.Empty).Add(to!.Key()));
            }

            return this with { Entries = entries };
        }
    }
}
