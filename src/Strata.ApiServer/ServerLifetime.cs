namespace Strata.ApiServer;

/// <summary>The server's way to its end: it serves, then drains (streams end, no new requests, those that run may finish), then it has stopped. Thread-safe.</summary>
internal sealed class ServerLifetime : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private volatile bool _isReady = true;

    /// <summary>Whether load balancers should send requests here.</summary>
    public bool IsReady => _isReady;

    /// <summary>Cancelled when streams are to end and no new request is taken.</summary>
    public CancellationToken Draining => _draining.Token;

    /// <summary>Cancelled when whatever still runs is to end.</summary>
    public CancellationToken Stopped => _stopped.Token;

    /// <summary>Counts a request in; false when the server does not take it any more. Each success is followed by one <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        Interlocked.Increment(ref _running);
        if (!Draining.IsCancellationRequested)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave()
    {
        if (Interlocked.Decrement(ref _running) == 0 && Draining.IsCancellationRequested)
        {
            _idle.TrySetResult();
        }
    }

    /// <summary>From now on /readyz fails.</summary>
    public void BeginLeaving() => _isReady = false;

    /// <summary>Ends the streams and waits until all other requests are done.</summary>
    /// <param name="limit">Longest wait.</param>
    /// <param name="cancellationToken">Ends the waiting early.</param>
    public async Task DrainAsync(TimeSpan limit, TimeProvider clock, CancellationToken cancellationToken)
    {
        await _draining.CancelAsync();
        if (Volatile.Read(ref _running) == 0)
        {
            return;
        }

        try
        {
            await _idle.Task.WaitAsync(limit, clock, cancellationToken);
        }
        catch (Exception over) when (over is TimeoutException or OperationCanceledException)
        {
            // What runs longer than the server may wait is ended by Stop.
        }
    }

    public Task StopAsync() => _stopped.CancelAsync();

    public void Dispose()
    {
        _draining.Dispose();
        _stopped.Dispose();
    }
}
