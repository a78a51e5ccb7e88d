using System.Text.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Http;

/// <summary>Writes only the metadata of objects (meta.k8s.io/v1 PartialObjectMetadata), which is all that garbage collectors and the like want.</summary>
internal static class PartialMetadata
{
    public static void Write(Utf8JsonWriter writer, JsonElement source)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PartialObjectMetadata");
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
        writer.WritePropertyName("metadata"u8);
        source.Get("metadata"u8).WriteTo(writer);
        writer.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        Write(writer, document.RootElement);
    }

    public static void WriteList(Utf8JsonWriter writer, ListPage page)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "PartialObjectMetadataList");
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1");
        ListWriter.WriteMetadata(writer, page);
        writer.WriteStartArray("items"u8);
        foreach (var item in page.Items)
        {
            Write(writer, item.Json);
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
