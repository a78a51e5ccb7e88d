using Strata.Api.Errors;

namespace Strata.Client.Tests.LeaderElection;

/// <summary>A way to a server that can be cut.</summary>
internal sealed class FaultyTransport(IApiTransport inner) : IApiTransport
{
    private readonly TaskCompletionSource _never = new();
    private volatile bool _refuses;
    private volatile bool _hangs;

    /// <summary>From now on every request fails at once.</summary>
    public void Cut() => _refuses = true;

    /// <summary>From now on no request is answered, not even when its caller gives up: what a write is that has reached the store.</summary>
    public void Freeze() => _hangs = true;

    public async Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        if (_hangs)
        {
            await _never.Task;
        }

        return _refuses ? throw ApiErrors.Unavailable("the cable is cut", null) : await inner.SendAsync(request, cancellationToken);
    }

    public Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken) => inner.ListAsync(request, cancellationToken);

    public IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, CancellationToken cancellationToken) => inner.WatchAsync(request, cancellationToken);

    public Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken) => inner.OpenStreamAsync(request, cancellationToken);
}
