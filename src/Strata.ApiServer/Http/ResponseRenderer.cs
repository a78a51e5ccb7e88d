using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Strata.Api.Models;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Http;

/// <summary>Writes results to HTTP in the form the client accepts.</summary>
internal sealed class ResponseRenderer(TimeProvider clock)
{
    // Upstream's: responsewriters/writers.go defaultGzipThresholdBytes.
    private const long GzipThreshold = 128 * 1024;

    public async Task WriteAsync(HttpContext context, ApiCall call, ApiResult result, CancellationToken cancellationToken)
    {
        WriteWarnings(context.Response, call.Warnings);
        switch (result)
        {
            case ObjectResult found:
                await WriteObjectAsync(context, call, found, cancellationToken);
                break;
            case ListResult list:
                await WriteListAsync(context, call, list, cancellationToken);
                break;
            case DocumentResult document:
                foreach (var (name, value) in document.Headers)
                {
                    context.Response.Headers[name] = value;
                }

                await WriteBytesAsync(context, document.Code, document.ContentType, document.Content, cancellationToken);
                break;
            default:
                throw new InvalidOperationException($"{result.GetType().Name} is no plain answer");
        }
    }

    public static async Task WriteBytesAsync(
        HttpContext context, int code, string contentType, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var response = context.Response;
        response.StatusCode = code;
        if (code == StatusCodes.Status304NotModified)
        {
            return;
        }

        response.ContentType = contentType;
        if (content.Length > GzipThreshold && AcceptsGzip(context.Request))
        {
            await using var gzip = BeginGzip(response);
            await gzip.WriteAsync(content, cancellationToken);
            return;
        }

        response.ContentLength = content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await response.BodyWriter.WriteAsync(content, cancellationToken);
        }
    }

    private async Task WriteObjectAsync(HttpContext context, ApiCall call, ObjectResult found, CancellationToken cancellationToken)
    {
        var rendering = ContentNegotiation.Choose(call.Accept, found.Strategy is not null || found.IsStatus);
        var json = found.Object.Json;
        if (rendering.Shape != RenderingShape.Full && !found.IsStatus)
        {
            json = Build(writer =>
            {
                if (rendering.Shape == RenderingShape.Table)
                {
                    new TableWriter(found.Strategy!, call.Query, clock.GetUtcNow()).WriteOne(writer, found.Object.Json, withColumns: true);
                }
                else
                {
                    PartialMetadata.Write(writer, found.Object.Json);
                }
            });
        }

        await WriteJsonAsync(context, found.Code, json, rendering.IsYaml, cancellationToken);
    }

    private async Task WriteListAsync(HttpContext context, ApiCall call, ListResult list, CancellationToken cancellationToken)
    {
        var rendering = ContentNegotiation.Choose(call.Accept, hasTable: true);
        if (rendering is { Shape: RenderingShape.Full, IsYaml: false })
        {
            // The common case: straight from the cache's bytes into the connection's buffers.
            var response = context.Response;
            response.StatusCode = list.Code;
            response.ContentType = MediaTypes.Json;
            if (AcceptsGzip(context.Request) && ListWriter.EstimateLength(list.Page) > GzipThreshold)
            {
                var compressed = PipeWriter.Create(BeginGzip(response));
                await ListWriter.WriteAsync(compressed, list.Strategy, list.Page, cancellationToken);
                await compressed.CompleteAsync();
                return;
            }

            await ListWriter.WriteAsync(response.BodyWriter, list.Strategy, list.Page, cancellationToken);
            return;
        }

        var json = rendering.Shape switch
        {
            RenderingShape.Table => Build(writer => new TableWriter(list.Strategy, call.Query, clock.GetUtcNow()).WriteList(writer, list.Page)),
            RenderingShape.Metadata => Build(writer => PartialMetadata.WriteList(writer, list.Page)),
            _ => Whole(list),
        };
        await WriteJsonAsync(context, list.Code, json, rendering.IsYaml, cancellationToken);
    }

    private static ReadOnlyMemory<byte> Whole(ListResult list)
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(ListWriter.EstimateLength(list.Page), Array.MaxLength));
        ListWriter.Write(buffer, list.Strategy, list.Page);
        return buffer.WrittenMemory;
    }

    private static Task WriteJsonAsync(HttpContext context, int code, ReadOnlyMemory<byte> json, bool isYaml, CancellationToken cancellationToken) =>
        isYaml
            ? WriteBytesAsync(context, code, MediaTypes.Yaml, YamlWriter.FromJson(json), cancellationToken)
            : WriteBytesAsync(context, code, MediaTypes.Json, json, cancellationToken);

    private static ReadOnlyMemory<byte> Build(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private static GZipStream BeginGzip(HttpResponse response)
    {
        response.Headers.ContentEncoding = "gzip";
        response.Headers.Append("Vary", "Accept-Encoding");
        return new GZipStream(response.Body, CompressionLevel.Fastest, leaveOpen: true);
    }

    private static bool AcceptsGzip(HttpRequest request) => request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);

    private static void WriteWarnings(HttpResponse response, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            // RFC 7234, 5.5: code 299, agent unknown, quoted text.
            var text = new string([.. warning.Where(static character => !char.IsControl(character))]);
            response.Headers.Append("Warning", $"299 - \"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
        }
    }
}
