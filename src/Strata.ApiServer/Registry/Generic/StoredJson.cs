using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>The form of one kind's objects in the store: compact JSON that begins with kind, apiVersion and metadata and lacks metadata.resourceVersion, which is the
/// store's revision of the write and known only after it. Hot: <see cref="WithRevision"/> runs for every object that enters memory.</summary>
internal sealed class StoredJson(KindInfo kind)
{
    // Everything up to the first field of metadata: the place where the resourceVersion goes.
    private readonly byte[] _prefix = Encoding.UTF8.GetBytes($$"""{"kind":"{{kind.Kind}}","apiVersion":"{{kind.ApiVersion}}","metadata":{""");

    /// <summary>Writes a tree in stored form; a resourceVersion in it is left out.</summary>
    public byte[] Encode(JsonObject source)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        buffer.Write(_prefix.AsSpan(0, _prefix.Length - 1));
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

            writer.WriteEndObject();
        }

        WriteRest(buffer, source);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The JSON that clients see: the stored bytes with the resourceVersion put in.</summary>
    public byte[] WithRevision(ReadOnlySpan<byte> stored, long revision)
    {
        if (!stored.StartsWith(_prefix))
        {
            throw new JsonException($"stored {kind.Kind} does not begin with its kind, version and metadata");
        }

        Span<byte> number = stackalloc byte[20];
        Utf8Formatter.TryFormat(revision, number, out var digits);
        var insertion = "\"resourceVersion\":\""u8;
        var end = stored[_prefix.Length] == (byte)'}' ? "\""u8 : "\","u8;
        var json = new byte[stored.Length + insertion.Length + digits + end.Length];
        var at = json.AsSpan();
        Append(ref at, _prefix);
        Append(ref at, insertion);
        Append(ref at, number[..digits]);
        Append(ref at, end);
        Append(ref at, stored[_prefix.Length..]);
        return json;
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

    private static void Append(ref Span<byte> target, scoped ReadOnlySpan<byte> source)
    {
        source.CopyTo(target);
        target = target[source.Length..];
    }
}
