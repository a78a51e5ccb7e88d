using System.Threading.Channels;
using Strata.Cri;
using Strata.Streaming.Spdy;
using Strata.Cri.Streaming;
using Strata.Pods.Runtime;
using TerminalSize = Strata.Pods.Runtime.TerminalSize;

namespace Strata.NodeAgent.Cri;

public sealed partial class CriContainerRuntime
{
    public async Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken)
    {
        var exit = await StreamAsync(streams, remote => RemoteCommand.ExecAsync(cri, containerId, command, remote, cancellationToken), cancellationToken);
        return exit.ExitCode ?? throw new RuntimeException(RuntimeFailure.Other, exit.Message);
    }

    public async Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken)
    {
        var exit = await StreamAsync(streams, remote => RemoteCommand.AttachAsync(cri, containerId, remote, cancellationToken), cancellationToken);
        if (exit.ExitCode is null)
        {
            throw new RuntimeException(RuntimeFailure.Other, exit.Message);
        }
    }

    public async Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var forwarder = await PortForwarder.ConnectAsync(cri, sandboxId, cancellationToken);
            await forwarder.ForwardAsync(port, connection, cancellationToken);
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
        catch (SpdyException error)
        {
            throw new RuntimeException(RuntimeFailure.Other, error.Message, error);
        }
    }

    private static async Task<RemoteExit> StreamAsync(StreamSet streams, Func<RemoteStreams, Task<RemoteExit>> run, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sizes = Channel.CreateUnbounded<Strata.Cri.Streaming.TerminalSize>();
        var resizing = streams.Resizes is null ? Task.CompletedTask : TranslateAsync(streams.Resizes, sizes.Writer, ended.Token);
        try
        {
            return await run(new RemoteStreams
            {
                Stdin = streams.Stdin, Stdout = streams.Stdout, Stderr = streams.Stderr, Tty = streams.Tty, Resize = streams.Resizes is null ? null : sizes.Reader,
            });
        }
        catch (CriException error)
        {
            throw Translate(error);
        }
        catch (SpdyException error)
        {
            throw new RuntimeException(RuntimeFailure.Other, error.Message, error);
        }
        finally
        {
            await ended.CancelAsync();
            await resizing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    private static async Task TranslateAsync(ChannelReader<TerminalSize> source, ChannelWriter<Strata.Cri.Streaming.TerminalSize> target, CancellationToken cancellationToken)
    {
        await foreach (var size in source.ReadAllAsync(cancellationToken))
        {
            target.TryWrite(new((ushort)size.Width, (ushort)size.Height));
        }

        target.TryComplete();
    }
}
