using System.Net;
using Strata.Streaming.Spdy;

namespace Strata.Cri.Streaming;

/// <summary>Asks an HTTP/1.1 server to go on in SPDY/3.1, as Kubernetes' streaming endpoints do.</summary>
internal static class SpdyUpgrade
{
    private const string ProtocolHeader = "X-Stream-Protocol-Version";

    // One connection per use; an upgraded one never comes back to the pool. No proxy: the endpoint is this machine's runtime.
    private static readonly HttpMessageInvoker Http = new(new SocketsHttpHandler
    {
        UseProxy = false, UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(30),
    });

    /// <param name="protocol">The protocol inside, for example <c>v4.channel.k8s.io</c>.</param>
    public static async Task<SpdyConnection> ConnectAsync(Uri url, string protocol, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.Add("Upgrade", "SPDY/3.1");
        request.Headers.Add(ProtocolHeader, protocol);
        HttpResponseMessage response;
        try
        {
            response = await Http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new SpdyException($"cannot reach the streaming server at {url.Authority}: {e.Message}", e);
        }
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            response.Dispose();
            throw new SpdyException($"the streaming server at {url.Authority} answered {(int)response.StatusCode}: {body.Trim()}");
        }
        if (!response.Headers.TryGetValues(ProtocolHeader, out var chosen) || !chosen.Contains(protocol))
        {
            response.Dispose();
            throw new SpdyException($"the streaming server at {url.Authority} does not speak {protocol}");
        }
        // The stream owns the connection from here; disposing the response would close it.
        return SpdyConnection.Start(await response.Content.ReadAsStreamAsync(cancellationToken), SpdyRole.Client);
    }
}
