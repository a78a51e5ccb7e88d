using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using Strata.Client;

namespace Strata.ApiServer.Http;

/// <summary>Writes a watch: one JSON frame per line, each flushed at once unless very many watches are busy (<see cref="FlushPacer"/>). Hot: in the plain form a frame is the event's bytes between two constants.</summary>
internal sealed class WatchRenderer(RequestMetrics metrics, TimeProvider clock)
{
    /// <summary>How long a client may leave what it was sent unread. Its subscription is bounded and ends long before; this ends the stream that hangs on it.</summary>
    public static readonly TimeSpan UnreadLimit = TimeSpan.FromSeconds(30);

    // Fits into a buffer of the connection; asking for more would allocate one.
    private const int LongestAtOnce = 2048;

    private readonly FlushPacer _pacer = new(clock);

    /// <exception cref="OperationCanceledException">The client has left, does not read, or the server stops.</exception>
    public async Task WriteAsync(HttpContext context, ApiCall call, WatchResult result, CancellationToken cancellationToken)
    {
        var shape = ContentNegotiation.Choose(call.Accept, hasTable: true).Shape;
        context.Response.StatusCode = StatusCodes.Status200OK;
        context.Response.ContentType = MediaTypes.Json;
        var output = context.Response.BodyWriter;
        await context.Response.StartAsync(cancellationToken); // Headers go out before the first event.
        await FlushAsync(context, output, cancellationToken);
        var isFirst = true;
        var paced = default(PacedStream);
        var unreported = 0; // Counted in batches: an event is written for each of its watchers.
        await using var frames = result.Frames as IFrameReader ?? new EnumeratedFrames(result.Frames, cancellationToken);
        try
        {
            do
            {
                while (frames.TryRead(out var frame))
                {
                    unreported++;
                    if (shape == RenderingShape.Full || frame.Type == WatchEventType.Bookmark)
                    {
                        WritePlain(output, frame);
                    }
                    else
                    {
                        // Ages are told as of each event, not as of the watch's beginning.
                        var table = shape == RenderingShape.Table ? new TableWriter(result.Strategy, call.Query, clock.GetUtcNow()) : null;
                        WriteShaped(output, frame, table, isFirst);
                        isFirst = false;
                    }

                    if (output.UnflushedBytes > 64 * 1024)
                    {
                        await FlushAsync(context, output, cancellationToken);
                    }
                }

                // Flush only when the next event has yet to happen: a burst of events shares one packet. Then sleep through the next ones if very many watches are busy: to be
                // woken by each of them would cost more than to send them.
                if (output.UnflushedBytes > 0)
                {
                    metrics.CountWatchEvents(call.Info, unreported);
                    unreported = 0;
                    await FlushAsync(context, output, cancellationToken);
                    if (_pacer.PauseAfterSending(ref paced) is { Ticks: > 0 } pause)
                    {
                        await Task.Delay(pause, clock, cancellationToken);
                    }
                }
            }
            while (await frames.WaitToReadAsync(cancellationToken));
        }
        catch (ApiException refused)
        {
            WriteError(output, refused.Status);
        }

        metrics.CountWatchEvents(call.Info, unreported);
        await FlushAsync(context, output, cancellationToken);
    }

    private ValueTask FlushAsync(HttpContext context, PipeWriter output, CancellationToken cancellationToken)
    {
        var flush = output.FlushAsync(cancellationToken);
        if (flush.IsCompletedSuccessfully)
        {
            _ = flush.Result; // Gives the operation back; nothing is learned from it.
            return ValueTask.CompletedTask;
        }

        return new ValueTask(WaitAsync(context, flush.AsTask(), cancellationToken));
    }

    private async Task WaitAsync(HttpContext context, Task flush, CancellationToken cancellationToken)
    {
        try
        {
            await flush.WaitAsync(UnreadLimit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            context.Abort(); // On HTTP/2 it ends this stream only.
            throw new OperationCanceledException("the client does not read", context.RequestAborted);
        }
    }

    private static void WritePlain(PipeWriter output, ApiWatchFrame frame)
    {
        var prefix = Prefix(frame.Type);
        var json = frame.Object.Json.Span;
        var length = prefix.Length + json.Length + 2;
        if (length > LongestAtOnce)
        {
            output.Write(prefix);
            output.Write(json);
            output.Write("}\n"u8);
            return;
        }

        var target = output.GetSpan(length);
        prefix.CopyTo(target);
        json.CopyTo(target[prefix.Length..]);
        "}\n"u8.CopyTo(target[(length - 2)..]);
        output.Advance(length);
    }

    private static void WriteShaped(IBufferWriter<byte> output, ApiWatchFrame frame, TableWriter? table, bool isFirst)
    {
        output.Write(Prefix(frame.Type));
        using (var writer = new Utf8JsonWriter(output, ModelJson.WriterOptions))
        {
            if (table is null)
            {
                PartialMetadata.Write(writer, frame.Object.Json);
            }
            else
            {
                table.WriteOne(writer, frame.Object.Json, withColumns: isFirst);
            }
        }

        output.Write("}\n"u8);
    }

    private static void WriteError(IBufferWriter<byte> output, ApiStatus status)
    {
        output.Write("{\"type\":\"ERROR\",\"object\":"u8);
        output.Write(status.ToJson());
        output.Write("}\n"u8);
    }

    private static ReadOnlySpan<byte> Prefix(WatchEventType type) => type switch
    {
        WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
        WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
        WatchEventType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
        _ => "{\"type\":\"BOOKMARK\",\"object\":"u8,
    };
}
