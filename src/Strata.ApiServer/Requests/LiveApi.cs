namespace Strata.ApiServer.Requests;

/// <summary>What is served now. Thread-safe; reading it takes no lock.</summary>
/// <param name="first">What is served at first.</param>
/// <param name="catchUp">Waits until everything is served that was acknowledged before the call.</param>
internal sealed class LiveApi(ServedApi first, Func<CancellationToken, ValueTask> catchUp)
{
    private volatile ServedApi _current = first;

    public ServedApi Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Waits until everything is served that was acknowledged before the call.</summary>
    public ValueTask CatchUpAsync(CancellationToken cancellationToken) => catchUp(cancellationToken);
}
