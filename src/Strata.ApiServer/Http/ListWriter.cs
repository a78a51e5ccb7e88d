using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Http;

/// <summary>Writes a list by copying the bytes of its objects. Hot: nothing is decoded or encoded but the few fields around them.</summary>
internal static class ListWriter
{
    // Big enough that a flush costs nothing beside its bytes, small enough that a thousand readers of a long list need little memory.
    private const int ChunkBytes = 64 * 1024;

    /// <summary>Writes the list at the pace of its reader: no more than a chunk of it waits in memory.</summary>
    public static async ValueTask WriteAsync(PipeWriter output, ResourceStrategy strategy, ListPage page, CancellationToken cancellationToken)
    {
        WriteBeginning(output, strategy, page);
        for (var index = 0; index < page.Items.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            output.Write(page.Items[index].Json.Span);
            if (output.UnflushedBytes >= ChunkBytes && (await output.FlushAsync(cancellationToken)).IsCompleted)
            {
                return; // The reader has left.
            }
        }

        output.Write("]}"u8);
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>Writes the list whole.</summary>
    public static void Write(IBufferWriter<byte> output, ResourceStrategy strategy, ListPage page)
    {
        WriteBeginning(output, strategy, page);
        for (var index = 0; index < page.Items.Count; index++)
        {
            if (index > 0)
            {
                output.Write(","u8);
            }

            output.Write(page.Items[index].Json.Span);
        }

        output.Write("]}"u8);
    }

    private static void WriteBeginning(IBufferWriter<byte> output, ResourceStrategy strategy, ListPage page)
    {
        var revision = page.Revision.ToString(CultureInfo.InvariantCulture);
        output.Write(Encoding.UTF8.GetBytes($"{{\"kind\":\"{strategy.ListKind}\",\"apiVersion\":\"{strategy.Kind.ApiVersion}\",\"metadata\":{{\"resourceVersion\":\"{revision}\""));
        if (page.Continue is { } token)
        {
            output.Write(Encoding.UTF8.GetBytes($",\"continue\":\"{token}\""));
        }

        if (page.Remaining is { } remaining)
        {
            output.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"remainingItemCount\":{remaining}")));
        }

        output.Write("},\"items\":["u8);
    }

    /// <summary>Roughly how long the list becomes.</summary>
    public static long EstimateLength(ListPage page)
    {
        var length = 256L;
        foreach (var item in page.Items)
        {
            length += item.Json.Length + 1;
        }

        return length;
    }

    /// <summary>Writes the member <c>metadata</c> of a list.</summary>
    public static void WriteMetadata(Utf8JsonWriter writer, ListPage page)
    {
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, page.Revision.ToString(CultureInfo.InvariantCulture));
        if (page.Continue is { } token)
        {
            writer.WriteString("continue"u8, token);
        }

        if (page.Remaining is { } remaining)
        {
            writer.WriteNumber("remainingItemCount"u8, remaining);
        }

        writer.WriteEndObject();
    }
}
