using System.Globalization;
using System.Text;
using Strata.Streaming;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet.Ports;

/// <summary>Serves <c>portforward.k8s.io</c>: for each connection the client opens an error stream and a data stream that carry the same request id.</summary>
internal sealed class SpdyPortForward(SpdyConnection connection, IPodPorts target)
{
    // A client opens both at once; one that leaves more than this half open means no connections.
    private const int MostUnpaired = 128;

    private readonly Dictionary<string, SpdyStream> _unpaired = [];
    private readonly List<Task> _forwards = [];

    /// <summary>Until the client leaves.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await foreach (var stream in connection.Incoming.ReadAllAsync(cancellationToken))
            {
                _forwards.RemoveAll(static forward => forward.IsCompleted);
                await TakeAsync(stream, ended.Token);
            }
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(_forwards);
        }
    }

    private async Task TakeAsync(SpdyStream stream, CancellationToken cancellationToken)
    {
        var type = stream.Headers.GetValueOrDefault("streamtype");
        if (type is not ("error" or "data") || !ushort.TryParse(stream.Headers.GetValueOrDefault("port"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            await stream.ResetAsync(SpdyResetReason.RefusedStream, cancellationToken);
            return;
        }

        var id = RequestId(stream, type);
        var isPair = _unpaired.TryGetValue(id, out var other) && other.Headers["streamtype"] != type;
        if (!isPair && (other is not null || _unpaired.Count >= MostUnpaired))
        {
            await stream.ResetAsync(SpdyResetReason.RefusedStream, cancellationToken); // A second one of the same sort, or one too many.
            return;
        }

        await stream.AcceptAsync(cancellationToken);
        if (!isPair)
        {
            _unpaired[id] = stream;
            return;
        }

        _unpaired.Remove(id);

        var (error, data) = type == "data" ? (other!, stream) : (stream, other!);
        _forwards.Add(ForwardAsync(port, error, data, cancellationToken));
    }

    // Clients before request ids open the error stream first and the data stream next.
    private static string RequestId(SpdyStream stream, string type) =>
        stream.Headers.GetValueOrDefault("requestid") ?? $"stream {(type == "error" ? stream.Id : stream.Id - 2)}";

    private async Task ForwardAsync(int port, SpdyStream error, SpdyStream data, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            if (await target.ForwardAsync(port, new SpdyDuplexStream(data), cancellationToken) is { } problem)
            {
                await error.WriteAsync(Encoding.UTF8.GetBytes(problem), cancellationToken);
            }

            await error.CloseWriteAsync(cancellationToken);
            await data.CloseWriteAsync(cancellationToken);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException)
        {
            return; // The client ended this connection, or all of them.
        }
        finally
        {
            // What the client still sends is for nobody; without a reader it would hold up the other connections.
            await data.Input.CompleteAsync();
            await error.Input.CompleteAsync();
        }
    }
}
