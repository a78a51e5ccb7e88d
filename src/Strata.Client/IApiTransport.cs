namespace Strata.Client;

/// <summary>How requests reach an API server: over HTTPS, or by a call within the process that hands over shared objects instead of copying JSON.</summary>
public interface IApiTransport
{
    /// <summary>Sends a request whose answer is one object. Throws <see cref="Api.Errors.ApiException"/> on failure.</summary>
    Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a list request (no watch).</summary>
    Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a watch request; the query must hold <c>watch=true</c>.</summary>
    IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, CancellationToken cancellationToken);

    /// <summary>Sends a request whose answer is a byte stream (logs). The caller disposes the stream.</summary>
    Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken);
}
