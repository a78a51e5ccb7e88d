using System.Text;
using Strata.ApiServer.Tracing;
using Strata.Hosting.Metrics;
using Strata.Store;

namespace Strata.ApiServer.Metrics;

/// <summary>A store whose calls are timed and traced, under the names that upstream gives etcd's.</summary>
/// <remarks>Disposing it does nothing: the store belongs to whoever made it.</remarks>
internal sealed class MeasuredStore : IRevisionedStore
{
    private static readonly double[] Seconds =
        [0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60];

    private readonly IRevisionedStore _inner;
    private readonly TimeProvider _clock;
    private readonly HistogramFamily _durations;

    public MeasuredStore(IRevisionedStore inner, MetricRegistry registry, TimeProvider clock)
    {
        _inner = inner;
        _clock = clock;
        _durations = registry.Histogram("etcd_request_duration_seconds", "Etcd request latency in seconds for each operation and object type.", Seconds, "operation", "type");
    }

    public ValueTask<long> GetCurrentRevisionAsync(CancellationToken cancellationToken) => _inner.GetCurrentRevisionAsync(cancellationToken);

    public async ValueTask<StoreEntry?> GetAsync(ReadOnlyMemory<byte> key, long atRevision, CancellationToken cancellationToken)
    {
        using var span = ApiTraces.Store("get", key);
        var started = _clock.GetTimestamp();
        var entry = await _inner.GetAsync(key, atRevision, cancellationToken);
        Observe("get", key, started);
        return entry;
    }

    public async ValueTask<RangePage> RangeAsync(KeyRange range, long atRevision, int limit, CancellationToken cancellationToken)
    {
        using var span = ApiTraces.Store("list", range.Start);
        var started = _clock.GetTimestamp();
        var page = await _inner.RangeAsync(range, atRevision, limit, cancellationToken);
        Observe("list", range.Start, started);
        return page;
    }

    public async ValueTask<long> CountAsync(KeyRange range, long atRevision, CancellationToken cancellationToken)
    {
        using var span = ApiTraces.Store("count", range.Start);
        var started = _clock.GetTimestamp();
        var count = await _inner.CountAsync(range, atRevision, cancellationToken);
        Observe("count", range.Start, started);
        return count;
    }

    public async ValueTask<PutOutcome> PutAsync(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value, long expectedRevision, CancellationToken cancellationToken)
    {
        var operation = expectedRevision == ExpectedRevision.Absent ? "create" : "update";
        using var span = ApiTraces.Store(operation, key);
        var started = _clock.GetTimestamp();
        var outcome = await _inner.PutAsync(key, value, expectedRevision, cancellationToken);
        Observe(operation, key, started);
        return outcome;
    }

    public async ValueTask<DeleteOutcome> DeleteAsync(ReadOnlyMemory<byte> key, long expectedRevision, CancellationToken cancellationToken)
    {
        using var span = ApiTraces.Store("delete", key);
        var started = _clock.GetTimestamp();
        var outcome = await _inner.DeleteAsync(key, expectedRevision, cancellationToken);
        Observe("delete", key, started);
        return outcome;
    }

    public IAsyncEnumerable<WatchBatch> WatchAsync(KeyRange range, long afterRevision, CancellationToken cancellationToken) => _inner.WatchAsync(range, afterRevision, cancellationToken);

    public ValueTask RequestProgressAsync(KeyRange range, long revision, CancellationToken cancellationToken) => _inner.RequestProgressAsync(range, revision, cancellationToken);

    public ValueTask CompactAsync(long revision, CancellationToken cancellationToken) => _inner.CompactAsync(revision, cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // Keys begin with /registry/<type>/.
    private void Observe(string operation, ReadOnlyMemory<byte> key, long started)
    {
        var text = key.Span;
        var rest = text.StartsWith("/registry/"u8) ? text["/registry/"u8.Length..] : default;
        var end = rest.IndexOf((byte)'/');
        _durations.Observe(_clock.GetElapsedTime(started), operation, end > 0 ? Encoding.UTF8.GetString(rest[..end]) : "");
    }
}
