namespace Strata.ApiServer.Streaming;

/// <summary>A backend's answer whose body is still arriving. Disposing it ends the connection.</summary>
internal sealed class BackendResponse(HttpResponseMessage message, Stream body) : IAsyncDisposable
{
    public Stream Body { get; } = body;

    public string ContentType => message.Content.Headers.ContentType?.ToString() ?? "text/plain";

    public async ValueTask DisposeAsync()
    {
        await Body.DisposeAsync();
        message.Dispose();
    }
}
