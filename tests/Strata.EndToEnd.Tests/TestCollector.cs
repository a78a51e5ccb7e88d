using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace Strata.EndToEnd.Tests;

/// <summary>An OpenTelemetry collector that takes traces over HTTP and keeps them as they came.</summary>
internal sealed class TestCollector : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;
    private readonly ConcurrentQueue<string> _bodies = new();

    private TestCollector(HttpListener listener, int port)
    {
        _listener = listener;
        Endpoint = new Uri($"http://127.0.0.1:{port}");
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    /// <summary>Whether a text, such as the name of a span, was sent. (Protobuf writes texts as they are.)</summary>
    public bool Has(string text) => _bodies.Any(body => body.Contains(text, StringComparison.Ordinal));

    public static TestCollector Start()
    {
        // The listener cannot choose a free port itself; another process may take the one that was found.
        for (var attempt = 0; ; attempt++)
        {
            var port = FreePort();
            var listener = new HttpListener { Prefixes = { $"http://127.0.0.1:{port}/" } };
            try
            {
                listener.Start();
                return new TestCollector(listener, port);
            }
            catch (HttpListenerException) when (attempt < 10)
            {
                listener.Close();
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                var call = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await call.Request.InputStream.CopyToAsync(body);
                if (call.Request.Url!.AbsolutePath == "/v1/traces" && call.Request.ContentType == "application/x-protobuf")
                {
                    _bodies.Enqueue(Encoding.Latin1.GetString(body.GetBuffer(), 0, (int)body.Length));
                }

                call.Response.Close();
            }
            catch (Exception stopped) when (stopped is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
