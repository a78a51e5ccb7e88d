using System.Globalization;
using System.Text;
using Strata.Streaming.Spdy;

namespace Strata.Cri.Streaming;

/// <summary>Forwards connections to ports inside a pod's network namespace: the client side of <c>portforward.k8s.io</c> over
/// SPDY. One forwarder serves many connections at the same time.</summary>
public sealed class PortForwarder : IAsyncDisposable
{
    private const string Protocol = "portforward.k8s.io";

    private readonly SpdyConnection _connection;
    private int _lastRequest;

    private PortForwarder(SpdyConnection connection) => _connection = connection;

    public static async Task<PortForwarder> ConnectAsync(
        IContainerRuntime runtime, string podSandboxId, CancellationToken cancellationToken) =>
        await ConnectAsync(await runtime.PortForwardAsync(podSandboxId, cancellationToken), cancellationToken);

    public static async Task<PortForwarder> ConnectAsync(Uri url, CancellationToken cancellationToken) =>
        new(await SpdyUpgrade.ConnectAsync(url, Protocol, cancellationToken));

    /// <summary>Carries one connection until both directions have ended.</summary>
    /// <param name="port">Inside the pod, on its loopback address.</param>
    /// <param name="local">Read to its end and written to; not closed.</param>
    /// <exception cref="SpdyException">Nothing listens there, or the connection to the runtime broke.</exception>
    public async Task ForwardAsync(int port, Stream local, CancellationToken cancellationToken)
    {
        var request = Interlocked.Increment(ref _lastRequest);
        var error = await OpenAsync("error", port, request, cancellationToken);
        await error.CloseWriteAsync(cancellationToken); // Only the pod's side speaks on it.
        var data = await OpenAsync("data", port, request, cancellationToken);

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(local, data, ended.Token);
        try
        {
            await data.Input.CopyToAsync(local, cancellationToken);
            using var text = new MemoryStream();
            await error.Input.CopyToAsync(text, cancellationToken);
            if (text.Length > 0)
            {
                throw new SpdyException(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length).Trim());
            }
        }
        finally
        {
            await ended.CancelAsync();
            await sending;
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private Task<SpdyStream> OpenAsync(string type, int port, int request, CancellationToken cancellationToken) =>
        _connection.OpenStreamAsync(
            new Dictionary<string, string>
            {
                ["streamtype"] = type,
                ["port"] = port.ToString(CultureInfo.InvariantCulture),
                ["requestid"] = request.ToString(CultureInfo.InvariantCulture),
            },
            cancellationToken);

    private static async Task SendAsync(Stream local, SpdyStream data, CancellationToken cancellationToken)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            int length;
            while ((length = await local.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await data.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            }
            await data.CloseWriteAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return; // One side is gone; the other direction reports it.
        }
    }
}
