using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Strata.ApiServer.Streaming;

/// <summary>Carries bytes between two connections, whatever they mean.</summary>
/// <remarks>Hot: every exec, attach, port-forward and log goes through here. A stream costs two buffers and no thread.</remarks>
internal static class ByteTunnel
{
    private const int BufferLength = 32 * 1024;

    /// <summary>Both ways, until one side ends.</summary>
    public static async Task JoinAsync(Stream client, Stream backend, CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var up = CopyAsync(client, backend, end.Token);
        var down = CopyAsync(backend, client, end.Token);

        // What one side has sent before it ended is delivered by then; the other direction has nobody left to talk to.
        await Task.WhenAny(up, down);
        await end.CancelAsync();
        try
        {
            await Task.WhenAll(up, down);
        }
        catch (Exception ended) when (ended is OperationCanceledException or IOException)
        {
            // Either our own cancellation, or a peer that dropped the connection: both are ends.
        }
    }

    /// <summary>The body of an answer whose head is out, to its end. If the source breaks, so does the client's connection: a clean end would pass a part for the whole.</summary>
    public static async Task AnswerAsync(HttpContext context, Stream source, CancellationToken cancellationToken)
    {
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        try
        {
            await context.Response.Body.FlushAsync(cancellationToken); // Silent so far is an answer as well.
            await CopyAsync(source, context.Response.Body, cancellationToken);
        }
        catch (IOException)
        {
            context.Abort();
        }
    }

    /// <summary>One way, to the end; every piece is flushed as it comes.</summary>
    public static async Task CopyAsync(Stream source, Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
                await target.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
