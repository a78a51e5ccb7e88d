using System.Threading.Channels;
using Strata.Kubelet.Commands;
using Strata.Pods.Runtime;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Server;

/// <summary>A provider's session, joined with the streams of a client.</summary>
/// <param name="endsInput">Whether the end of the client's input is told to the process. Not where nobody asked for input: a container's own process may still have others.</param>
internal sealed class ProviderProcess(IProviderSession session, bool endsInput) : IContainerProcess
{
    private const int BufferLength = 32 * 1024;

    public async Task<CommandEnd> RunAsync(StreamSet streams, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendInputAsync(streams.Stdin, ended.Token);
        var resizing = ResizeAsync(streams.Resizes, ended.Token);
        try
        {
            while (await session.ReadAsync(cancellationToken) is { } output)
            {
                if ((output.IsError && !streams.Tty ? streams.Stderr : streams.Stdout) is { } target)
                {
                    await target.WriteAsync(output.Data, cancellationToken);
                }
            }

            // A service that does not report exit codes leaves only success to be assumed.
            return session.Failure is { } failure ? CommandEnd.Failed(failure) : CommandEnd.Exited(session.ExitCode ?? 0);
        }
        catch (ProviderException error)
        {
            return CommandEnd.Failed(error.Message);
        }
        catch (System.Net.WebSockets.WebSocketException error)
        {
            return CommandEnd.Failed($"the connection to the provider broke: {error.Message}");
        }
        finally
        {
            await ended.CancelAsync();
            await Task.WhenAll(sending, resizing);
        }
    }

    public ValueTask DisposeAsync() => session.DisposeAsync();

    private async Task SendInputAsync(Stream? input, CancellationToken cancellationToken)
    {
        try
        {
            if (input is not null)
            {
                var buffer = new byte[BufferLength];
                int count;
                while ((count = await input.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    await session.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
                }
            }

            if (endsInput)
            {
                await session.CloseInputAsync(cancellationToken);
            }
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            return; // Whichever side broke, reading its output tells.
        }
    }

    private async Task ResizeAsync(ChannelReader<TerminalSize>? sizes, CancellationToken cancellationToken)
    {
        if (sizes is null)
        {
            return;
        }

        try
        {
            await foreach (var size in sizes.ReadAllAsync(cancellationToken))
            {
                await session.ResizeAsync(size.Width, size.Height, cancellationToken);
            }
        }
        catch (Exception gone) when (IsEnd(gone))
        {
            return;
        }
    }

    private static bool IsEnd(Exception error) =>
        error is OperationCanceledException or IOException or System.Net.WebSockets.WebSocketException or ProviderException or ObjectDisposedException;
}
