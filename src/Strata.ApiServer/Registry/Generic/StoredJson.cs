using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The form of one kind's objects in the store: compact JSON without metadata.resourceVersion, which is the store's revision of the write and known only after
/// it. kind, apiVersion and metadata come first, so that readers of metadata need not look further.</summary>
internal sealed class StoredJson(KindInfo kind)
{
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes($$"""{"kind":"{{kind.Kind}}","apiVersion":"{{kind.ApiVersion}}","metadata":""");

    /// <summary>Writes a tree in stored form; a resourceVersion in it is left out.</summary>
    /// <param name="managedFields">metadata.managedFields as text when the tree does not have it; empty for none.</param>
    public byte[] Encode(JsonObject source, ReadOnlySpan<byte> managedFields = default)
    {
        var buffer = new ArrayBufferWriter<byte>(Math.Max(1024, managedFields.Length * 2)); // The list of owners is about half of an object.
        buffer.Write(_prefix);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            writer.WriteStartObject();
            foreach (var (name, value) in source.Metadata())
            {
                if (name != "resourceVersion" && value is not null)
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            }

            if (!managedFields.IsEmpty)
            {
                writer.WritePropertyName("managedFields"u8);
                writer.WriteRawValue(managedFields, skipInputValidation: true);
            }

            writer.WriteEndObject();
        }

        WriteRest(buffer, source);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteRest(ArrayBufferWriter<byte> buffer, JsonObject source)
    {
        // A second writer, because the first one ended with metadata; fields are joined by hand.
        foreach (var (name, value) in source)
        {
            if (name is "kind" or "apiVersion" or "metadata" || value is null)
            {
                continue;
            }

            buffer.Write(",\""u8);
            buffer.Write(JsonEncodedText.Encode(name, ModelJson.WriterOptions.Encoder).EncodedUtf8Bytes);
            buffer.Write("\":"u8);
            using var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions);
            value.WriteTo(writer);
        }

        buffer.Write("}"u8);
    }
}
