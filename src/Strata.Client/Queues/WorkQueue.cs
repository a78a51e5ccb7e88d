using System.Threading.Channels;

namespace Strata.Client.Queues;

/// <summary>A set of keys waiting to be worked on. A key waits at most once and is worked on by one worker at a time: added meanwhile, it comes again when that worker is
/// done. Failed keys come back after a growing delay. Thread-safe. Unbounded by design: it holds each key at most once.</summary>
/// <remarks>The semantics of client-go's rate-limiting work queue (util/workqueue), without its overall rate limit.</remarks>
public sealed class WorkQueue<TKey>(TimeProvider clock) : IDisposable
    where TKey : notnull
{
    /// <summary>First delay after a failure; doubles with each further one.</summary>
    public static readonly TimeSpan FirstBackoff = TimeSpan.FromMilliseconds(5);

    /// <summary>Longest delay after repeated failures.</summary>
    public static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(60);

    private readonly Channel<TKey> _ready = Channel.CreateUnbounded<TKey>();
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly HashSet<TKey> _waiting = [];
    private readonly HashSet<TKey> _working = [];
    private readonly Dictionary<TKey, int> _failures = [];
    private readonly Dictionary<TKey, (DateTimeOffset Due, ITimer Timer)> _delayed = [];
    private bool _isClosed;

    /// <summary>Keys ready for a worker, not counting delayed ones.</summary>
    public int Count => _ready.Reader.Count;

    public void Add(TKey key)
    {
        lock (_lock)
        {
            if (!_isClosed && _waiting.Add(key) && !_working.Contains(key))
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    /// <summary>Adds after a delay; of several delays for one key the earliest counts.</summary>
    public void AddAfter(TKey key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        lock (_lock)
        {
            var due = clock.GetUtcNow() + delay;
            if (_isClosed || (_delayed.TryGetValue(key, out var pending) && pending.Due <= due))
            {
                return;
            }

            pending.Timer?.Dispose();
            _delayed[key] = (due, clock.CreateTimer(_ => Release(key), null, delay, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>Adds after this key's backoff, which the call lengthens.</summary>
    public void AddFailed(TKey key)
    {
        TimeSpan delay;
        lock (_lock)
        {
            var failures = _failures.GetValueOrDefault(key);
            _failures[key] = failures + 1;
            var factor = Math.Pow(2, Math.Min(failures, 30));
            delay = FirstBackoff * factor < LongestBackoff ? FirstBackoff * factor : LongestBackoff;
        }

        AddAfter(key, delay);
    }

    /// <summary>Ends this key's backoff after a success.</summary>
    public void Forget(TKey key)
    {
        lock (_lock)
        {
            _failures.Remove(key);
        }
    }

    /// <summary>Takes the next key; call <see cref="Done"/> when finished with it.</summary>
    /// <exception cref="ChannelClosedException">The queue was disposed.</exception>
    public async ValueTask<TKey> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _waiting.Remove(key);
            _working.Add(key);
        }

        return key;
    }

    public void Done(TKey key)
    {
        lock (_lock)
        {
            _working.Remove(key);
            if (_waiting.Contains(key) && !_isClosed)
            {
                _ready.Writer.TryWrite(key);
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var (_, timer) in _delayed.Values)
            {
                timer.Dispose();
            }

            _delayed.Clear();
            _ready.Writer.TryComplete();
        }
    }

    private void Release(TKey key)
    {
        lock (_lock)
        {
            if (_delayed.Remove(key, out var pending))
            {
                pending.Timer.Dispose();
            }
        }

        Add(key);
    }
}
