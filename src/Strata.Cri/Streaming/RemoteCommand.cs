using System.Text;
using Strata.Streaming.Spdy;
using Strata.Cri.V1;

namespace Strata.Cri.Streaming;

/// <summary>Runs commands in containers, or attaches to them, with live streams: the client side of Kubernetes' remote
/// command protocol v4 over SPDY. (SPDY and not WebSocket, because only there can the end of stdin be said.)</summary>
/// <remarks>
/// 1. The runtime hands out a URL for the prepared command.
/// 2. The connection is upgraded, and one stream per direction is opened: error, stdin, stdout, stderr, resize. The server
///    starts the command when all have arrived.
/// 3. Bytes are copied until the server ends the output streams; then the error stream holds the exit status.
/// </remarks>
public static class RemoteCommand
{
    private const string Protocol = "v4.channel.k8s.io";
    private const int CopyBufferBytes = 32 * 1024;

    /// <summary>Runs <paramref name="command"/> to its end. Cancelling closes the connection, which kills a command that has a
    /// terminal and takes the streams from one that has none.</summary>
    /// <exception cref="SpdyException">The connection failed before the exit status was known.</exception>
    public static async Task<RemoteExit> ExecAsync(
        IContainerRuntime runtime, string containerId, IReadOnlyList<string> command, RemoteStreams streams,
        CancellationToken cancellationToken)
    {
        var request = new ExecRequest
        {
            ContainerId = containerId,
            Cmd = { command },
            Tty = streams.Tty,
            Stdin = streams.Stdin is not null,
            Stdout = streams.Stdout is not null,
            Stderr = streams.WantsStderr,
        };
        return await RunAsync(await runtime.ExecAsync(request, cancellationToken), streams, cancellationToken);
    }

    /// <summary>Connects to the container's main process until that ends or, with stdin, until the client leaves.
    /// <see cref="RemoteStreams.Tty"/> must be as in the container's configuration.</summary>
    public static async Task<RemoteExit> AttachAsync(
        IContainerRuntime runtime, string containerId, RemoteStreams streams, CancellationToken cancellationToken)
    {
        var request = new AttachRequest
        {
            ContainerId = containerId,
            Tty = streams.Tty,
            Stdin = streams.Stdin is not null,
            Stdout = streams.Stdout is not null,
            Stderr = streams.WantsStderr,
        };
        return await RunAsync(await runtime.AttachAsync(request, cancellationToken), streams, cancellationToken);
    }

    /// <summary>Steps 2 and 3 for a URL that was asked for elsewhere; the streams must be those the URL was made for.</summary>
    public static async Task<RemoteExit> RunAsync(Uri url, RemoteStreams streams, CancellationToken cancellationToken)
    {
        await using var connection = await SpdyUpgrade.ConnectAsync(url, Protocol, cancellationToken);
        var error = await OpenAsync(connection, "error", cancellationToken);
        var stdin = streams.Stdin is null ? null : await OpenAsync(connection, "stdin", cancellationToken);
        var stdout = streams.Stdout is null ? null : await OpenAsync(connection, "stdout", cancellationToken);
        var stderr = streams.WantsStderr ? await OpenAsync(connection, "stderr", cancellationToken) : null;
        var resize = streams.Tty ? await OpenAsync(connection, "resize", cancellationToken) : null;

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // These two end with the command, not before it: nobody may type or resize any more.
        var sending = SendInputAsync(streams, stdin, ended.Token);
        var resizing = SendSizesAsync(streams, resize, ended.Token);
        try
        {
            var output = CopyAsync(stdout, streams.Stdout, cancellationToken);
            var errorOutput = CopyAsync(stderr, streams.Stderr, cancellationToken);
            var status = await ReadStatusAsync(error, cancellationToken);
            await Task.WhenAll(output, errorOutput);
            return status;
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(sending, resizing);
        }
    }

    private static async Task<SpdyStream> OpenAsync(SpdyConnection connection, string type, CancellationToken cancellationToken) =>
        await connection.OpenStreamAsync(new Dictionary<string, string> { ["streamtype"] = type }, cancellationToken);

    private static async Task SendInputAsync(RemoteStreams streams, SpdyStream? stdin, CancellationToken cancellationToken)
    {
        if (stdin is null)
        {
            return;
        }
        var buffer = new byte[CopyBufferBytes];
        try
        {
            int length;
            while ((length = await streams.Stdin!.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await stdin.WriteAsync(buffer.AsMemory(0, length), cancellationToken);
            }
            await stdin.CloseWriteAsync(cancellationToken);
        }
        catch (Exception e) when (e is SpdyException or OperationCanceledException)
        {
            return; // The command ended without reading all of it; its exit status tells the rest.
        }
    }

    private static async Task SendSizesAsync(RemoteStreams streams, SpdyStream? resize, CancellationToken cancellationToken)
    {
        if (resize is null || streams.Resize is null)
        {
            return;
        }
        try
        {
            await foreach (var size in streams.Resize.ReadAllAsync(cancellationToken))
            {
                var json = Encoding.ASCII.GetBytes($"{{\"Width\":{size.Width},\"Height\":{size.Height}}}\n");
                await resize.WriteAsync(json, cancellationToken);
            }
        }
        catch (Exception e) when (e is SpdyException or OperationCanceledException)
        {
            return;
        }
    }

    private static async Task CopyAsync(SpdyStream? source, Stream? target, CancellationToken cancellationToken)
    {
        if (source is null || target is null)
        {
            return;
        }
        while (true)
        {
            var read = await source.Input.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                await target.WriteAsync(segment, cancellationToken);
            }
            source.Input.AdvanceTo(read.Buffer.End);
            // Per read, not per stream: a prompt without a line end must be seen at once.
            await target.FlushAsync(cancellationToken);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task<RemoteExit> ReadStatusAsync(SpdyStream error, CancellationToken cancellationToken)
    {
        using var text = new MemoryStream();
        await error.Input.CopyToAsync(text, cancellationToken);
        if (text.Length == 0)
        {
            throw new SpdyException("the connection ended before the command's exit status arrived");
        }
        return RemoteExit.Parse(Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length));
    }
}
