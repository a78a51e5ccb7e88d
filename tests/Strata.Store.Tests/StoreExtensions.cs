using System.Text;

namespace Strata.Store.Tests;

/// <summary>The store with text for bytes and the test's own token.</summary>
internal static class StoreExtensions
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static byte[] Utf8(this string text) => Encoding.UTF8.GetBytes(text);

    public static string Text(this ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    public static ValueTask<long> Revision(this IRevisionedStore store) => store.GetCurrentRevisionAsync(Token);

    public static ValueTask<PutOutcome> Put(
        this IRevisionedStore store, string key, string value, long expected = ExpectedRevision.Any) =>
        store.PutAsync(key.Utf8(), value.Utf8(), expected, Token);

    public static ValueTask<DeleteOutcome> Delete(this IRevisionedStore store, string key, long expected = ExpectedRevision.Any) =>
        store.DeleteAsync(key.Utf8(), expected, Token);

    public static ValueTask<StoreEntry?> Get(this IRevisionedStore store, string key, long at = 0) =>
        store.GetAsync(key.Utf8(), at, Token);

    public static ValueTask<RangePage> List(this IRevisionedStore store, string prefix, long at = 0, int limit = int.MaxValue) =>
        store.RangeAsync(KeyRange.Prefix(prefix.Utf8()), at, limit, Token);

    public static ValueTask Compact(this IRevisionedStore store, long revision) => store.CompactAsync(revision, Token);

    public static IAsyncEnumerable<WatchBatch> Watch(this IRevisionedStore store, string prefix, long after) =>
        store.WatchAsync(KeyRange.Prefix(prefix.Utf8()), after, Token);

    /// <summary>Watches until the watch has passed <paramref name="through"/>.</summary>
    public static async Task<List<StoreEvent>> Changes(this IRevisionedStore store, string prefix, long after, long through)
    {
        var events = new List<StoreEvent>();
        await foreach (var batch in store.Watch(prefix, after))
        {
            events.AddRange(batch.Events);
            if (batch.Revision >= through)
            {
                break;
            }
        }
        return events;
    }

    /// <summary>An entry in one line: <c>key=value c2 m3 v2</c>.</summary>
    public static string Describe(this StoreEntry entry) =>
        $"{entry.Key.Text()}={entry.Value.Text()} c{entry.CreateRevision} m{entry.ModRevision} v{entry.Version}";

    /// <summary>A change in one line: <c>3 put key=value c2 m3 v2</c>.</summary>
    public static string Describe(this StoreEvent change) =>
        $"{change.Revision} {(change.Kind == StoreEventKind.Put ? "put" : "delete")} {change.Entry.Describe()}";
}
