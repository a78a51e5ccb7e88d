using System.Globalization;
using System.Text.Json;
using Strata.ApiServer.Cache;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Http;

/// <summary>Writes objects as a meta.k8s.io/v1 Table, which <c>kubectl get</c> prints (KEP-2334).</summary>
/// <param name="strategy">Columns and cells of the kind.</param>
/// <param name="query">The request's query: includeObject.</param>
/// <param name="now">Time for ages.</param>
internal sealed class TableWriter(ResourceStrategy strategy, QueryParameters query, DateTimeOffset now)
{
    private readonly string _include = query["includeObject"] is { Length: > 0 } include ? include : "Metadata";

    public void WriteList(Utf8JsonWriter writer, ListPage page)
    {
        Begin(writer, withColumns: true);
        ListWriter.WriteMetadata(writer, page);
        writer.WriteStartArray("rows"u8);
        foreach (var item in page.Items)
        {
            WriteRow(writer, item);
        }

        End(writer);
    }

    /// <param name="withColumns">Column definitions; in a watch only the first table needs them.</param>
    public void WriteOne(Utf8JsonWriter writer, ReadOnlyMemory<byte> json, bool withColumns)
    {
        using var document = JsonDocument.Parse(json);
        Begin(writer, withColumns);
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("resourceVersion"u8, document.RootElement.Get("metadata"u8).Text("resourceVersion"u8));
        writer.WriteEndObject();
        writer.WriteStartArray("rows"u8);
        WriteRow(writer, document.RootElement, json.Span);
        End(writer);
    }

    private void Begin(Utf8JsonWriter writer, bool withColumns)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Table");
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
        writer.WriteStartArray("columnDefinitions"u8);
        foreach (var column in withColumns ? strategy.Columns : [])
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, column.Name);
            writer.WriteString("type"u8, column.Type);
            writer.WriteString("format"u8, column.Format);
            writer.WriteString("description"u8, column.Description);
            writer.WriteNumber("priority"u8, column.Priority);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void End(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private void WriteRow(Utf8JsonWriter writer, CacheEntry item)
    {
        using var document = JsonDocument.Parse(item.Json);
        WriteRow(writer, document.RootElement, item.Json.Span);
    }

    private void WriteRow(Utf8JsonWriter writer, JsonElement source, ReadOnlySpan<byte> json)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("cells"u8);
        foreach (var cell in strategy.Row(source, now))
        {
            if (cell is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                cell.WriteTo(writer);
            }
        }

        writer.WriteEndArray();
        switch (_include)
        {
            case "Object":
                writer.WritePropertyName("object"u8);
                writer.WriteRawValue(json, skipInputValidation: true);
                break;
            case "Metadata":
                writer.WritePropertyName("object"u8);
                PartialMetadata.Write(writer, source);
                break;
            case "None":
                writer.WriteNull("object"u8);
                break;
            default:
                throw Api.Errors.ApiErrors.BadRequest(string.Create(CultureInfo.InvariantCulture, $"unrecognized includeObject value: {_include}"));
        }

        writer.WriteEndObject();
    }
}
