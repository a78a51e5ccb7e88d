using System.Collections.Immutable;

namespace Strata.Store.Tests.Contract;

/// <summary>The store as plainly as can be: a whole map per revision, with entries as text (see <c>Describe</c>).</summary>
internal sealed class StoreModel
{
    private sealed record Entry(string Value, long Create, long Mod, long Version);

    private readonly SortedList<long, ImmutableSortedDictionary<string, Entry>> _states = [];
    private readonly List<string> _changes = [];
    private readonly long _first;
    private long _floor;

    public StoreModel(long revision)
    {
        _first = _floor = revision;
        _states.Add(revision, ImmutableSortedDictionary.Create<string, Entry>(StringComparer.Ordinal));
    }

    private long Revision => _first + _changes.Count;

    private ImmutableSortedDictionary<string, Entry> Now => _states[Revision];

    public async Task ApplyToBoth(IRevisionedStore store, StoreOperation operation, string prefix)
    {
        var key = prefix + operation.Key;
        var current = Now.GetValueOrDefault(key);
        var expected = operation.Staleness < 0 ? ExpectedRevision.Any : Math.Max(0, (current?.Mod ?? 0) - operation.Staleness);
        switch (operation.Kind)
        {
            case StoreOperationKind.Compact:
                _floor = Math.Max(_floor, Revision - Math.Max(0, operation.Staleness));
                await store.Compact(_floor);
                break;
            case StoreOperationKind.Delete:
                expected = expected == ExpectedRevision.Absent ? ExpectedRevision.Any : expected;
                var wasDeleted = (await store.Delete(key, expected)).Status;
                Assert.Equal(Delete(key, current, expected), wasDeleted);
                break;
            default:
                expected = operation.Kind == StoreOperationKind.Create ? ExpectedRevision.Absent : expected;
                var wasPut = (await store.Put(key, $"v{Revision}", expected)).Status;
                Assert.Equal(Put(key, current, expected), wasPut);
                break;
        }
        Assert.Equal(Revision, await store.Revision());
    }

    public async Task CheckAll(IRevisionedStore store, string prefix)
    {
        for (var revision = _floor; revision <= Revision; revision++)
        {
            var page = await store.List(prefix, at: revision);
            Assert.Equal(_states[revision].Select(pair => Describe(pair.Key, pair.Value)), page.Entries.Select(entry => entry.Describe()));
            var changes = await store.Changes(prefix, after: revision, through: Revision);
            Assert.Equal(_changes.Skip((int)(revision - _first)), changes.Select(change => change.Describe()));
        }
        Assert.Equal(Now.Select(pair => Describe(pair.Key, pair.Value)), (await store.List(prefix)).Entries.Select(entry => entry.Describe()));
    }

    private PutStatus Put(string key, Entry? current, long expected)
    {
        if (expected != ExpectedRevision.Any && expected != (current?.Mod ?? 0))
        {
            return PutStatus.Conflict;
        }
        var revision = Revision + 1;
        var entry = new Entry($"v{Revision}", current?.Create ?? revision, revision, (current?.Version ?? 0) + 1);
        _states.Add(revision, Now.SetItem(key, entry));
        _changes.Add($"{revision} put {Describe(key, entry)}");
        return PutStatus.Committed;
    }

    private DeleteStatus Delete(string key, Entry? current, long expected)
    {
        if (current is null)
        {
            return DeleteStatus.NotFound;
        }
        if (expected != ExpectedRevision.Any && expected != current.Mod)
        {
            return DeleteStatus.Conflict;
        }
        var revision = Revision + 1;
        _states.Add(revision, Now.Remove(key));
        _changes.Add($"{revision} delete {Describe(key, current)}");
        return DeleteStatus.Deleted;
    }

    private static string Describe(string key, Entry entry) =>
        $"{key}={entry.Value} c{entry.Create} m{entry.Mod} v{entry.Version}";
}
