using System.Net.Sockets;
using Strata.Cri;
using Strata.Cri.Spdy;
using Strata.Cri.Streaming;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Cri;

public sealed partial class CriContainerRuntime
{
    public async Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken)
    {
        var exit = await StreamAsync(() => RemoteCommand.ExecAsync(cri, containerId, command, Streams(streams), cancellationToken));
        return exit.ExitCode ?? throw new RuntimeException(RuntimeFailure.Other, exit.Message);
    }

    public async Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken) =>
        await StreamAsync(() => RemoteCommand.AttachAsync(cri, containerId, Streams(streams), cancellationToken));

    public async Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken) =>
        await StreamAsync(async () =>
        {
            await using var forwarder = await PortForwarder.ConnectAsync(cri, sandboxId, cancellationToken);
            await forwarder.ForwardAsync(port, connection, cancellationToken);
            return true;
        });

    private static async Task<T> StreamAsync<T>(Func<Task<T>> run)
    {
        try
        {
            return await run();
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
        catch (Exception error) when (error is SpdyException or SocketException or HttpRequestException)
        {
            throw new RuntimeException(RuntimeFailure.Other, error.Message, error);
        }
    }

    private static RemoteStreams Streams(StreamSet streams) => new()
    {
        Stdin = streams.Stdin,
        Stdout = streams.Stdout,
        Stderr = streams.Stderr,
        Tty = streams.Tty,
        Resize = streams.Resizes is { } sizes ? new SizeReader(sizes) : null,
    };
}
