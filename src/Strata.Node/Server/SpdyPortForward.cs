using System.Text;
using Strata.Cri.Spdy;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>Port forwarding over a SPDY connection: per forwarded connection an error stream and a data stream with the same request id. Source:
/// cri/streaming/portforward/httpstream.go (behaviour).</summary>
internal static class SpdyPortForward
{
    /// <summary>Serves the connection until the client ends it.</summary>
    public static async Task ServeAsync(SpdyConnection connection, IContainerRuntime runtime, string sandboxId, CancellationToken cancellationToken)
    {
        await using var owned = connection;
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var errors = new Dictionary<string, SpdyStream>(StringComparer.Ordinal);
        var forwards = new List<Task>();
        try
        {
            await foreach (var stream in connection.Incoming.ReadAllAsync(cancellationToken))
            {
                forwards.RemoveAll(task => task.IsCompletedSuccessfully);
                var request = stream.Headers.GetValueOrDefault("requestid", "");
                switch (stream.Headers.GetValueOrDefault("streamtype"))
                {
                    case "error":
                        errors[request] = stream;
                        await stream.AcceptAsync(cancellationToken);
                        break;
                    case "data" when errors.Remove(request, out var error) && ushort.TryParse(stream.Headers.GetValueOrDefault("port"), out var port) && port > 0:
                        await stream.AcceptAsync(cancellationToken);
                        forwards.Add(ForwardAsync(stream, error, port, runtime, sandboxId, ended.Token));
                        break;
                    default:
                        await stream.ResetAsync(SpdyResetReason.ProtocolError, cancellationToken);
                        break;
                }
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // The client has left; what it had open ends below.
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(forwards).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task ForwardAsync(SpdyStream data, SpdyStream error, int port, IContainerRuntime runtime, string sandboxId, CancellationToken cancellationToken)
    {
        var connection = new DuplexStream(data.Input.AsStream(), new SpdyOutput(data));
        try
        {
            await runtime.PortForwardAsync(sandboxId, port, connection, cancellationToken);
        }
        catch (RuntimeException failure)
        {
            await error.WriteAsync(Encoding.UTF8.GetBytes($"error forwarding port {port} to pod: {failure.Message}"), cancellationToken);
        }

        await data.CloseWriteAsync(cancellationToken);
        await error.CloseWriteAsync(cancellationToken);
    }
}
