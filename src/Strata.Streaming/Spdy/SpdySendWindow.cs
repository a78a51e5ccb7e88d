namespace Strata.Streaming.Spdy;

/// <summary>Bytes that may still be sent, on a stream or the whole connection: SPDY/3.1, section 2.6.8. Thread-safe.</summary>
internal sealed class SpdySendWindow(int initial)
{
    private readonly Lock _lock = new();
    private int _available = initial;
    private TaskCompletionSource? _grown;

    /// <summary>Takes up to <paramref name="wanted"/> bytes, at least one; waits while there is none.</summary>
    public async ValueTask<int> TakeAsync(int wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task grown;
            lock (_lock)
            {
                if (_available > 0)
                {
                    var taken = Math.Min(wanted, _available);
                    _available -= taken;
                    return taken;
                }
                _grown ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                grown = _grown.Task;
            }
            await grown.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Negative when the peer shrinks the window; it may fall below zero then.</summary>
    public void Add(int bytes)
    {
        TaskCompletionSource? grown;
        lock (_lock)
        {
            _available += bytes;
            (grown, _grown) = (_grown, null);
        }
        grown?.TrySetResult();
    }
}
