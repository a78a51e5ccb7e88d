namespace Strata.ApiServer.Requests;

/// <summary>What is served now. Thread-safe; reading it takes no lock.</summary>
internal sealed class LiveApi
{
    private volatile ServedApi _current;

    public LiveApi(ServedApi first) => _current = first;

    public ServedApi Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Waits until everything is served that was acknowledged before the call. Replaced while the server is put together.</summary>
    public Func<CancellationToken, ValueTask> CatchUpAsync { get; set; } = static _ => ValueTask.CompletedTask;
}
