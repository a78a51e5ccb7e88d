using System.Collections.ObjectModel;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Strata.ApiServer.Cache;

/// <summary>Objects as they lie in the store: UTF-8 JSON without <c>metadata.resourceVersion</c>, which is the store's own mod
/// revision and is written in when the object is served.</summary>
/// <remarks>Hot path: runs once per event, reads no further than the metadata, and copies the object once.</remarks>
internal static class StoredObject
{
    /// <summary>The object with <c>metadata.resourceVersion</c> set, in place of one that may be there.</summary>
    /// <exception cref="JsonException">It is not a JSON object with metadata.</exception>
    public static byte[] WithResourceVersion(ReadOnlySpan<byte> json, long revision) => Splice(json, Scan(json, out _), revision);

    /// <summary>The same, reading the metadata on the way.</summary>
    /// <exception cref="JsonException">It is not a JSON object with metadata.</exception>
    public static byte[] WithResourceVersion(ReadOnlySpan<byte> json, long revision, out StoredMetadata metadata) =>
        Splice(json, Scan(json, out metadata), revision);

    /// <summary>Where the resource version goes: bytes to replace, and what separates it from what follows.</summary>
    private readonly record struct Place(int Start, int End, bool HasName, bool NeedsComma);

    private static byte[] Splice(ReadOnlySpan<byte> json, Place place, long revision)
    {
        Span<byte> text = stackalloc byte[64];
        var length = 0;
        Append(text, ref length, place.HasName ? "\""u8 : "\"resourceVersion\":\""u8);
        revision.TryFormat(text[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        Append(text, ref length, place.NeedsComma ? "\","u8 : "\""u8);

        var result = new byte[place.Start + length + json.Length - place.End];
        json[..place.Start].CopyTo(result);
        text[..length].CopyTo(result.AsSpan(place.Start));
        json[place.End..].CopyTo(result.AsSpan(place.Start + length));
        return result;
    }

    private static void Append(Span<byte> text, ref int length, ReadOnlySpan<byte> part)
    {
        part.CopyTo(text[length..]);
        length += part.Length;
    }

    private static Place Scan(ReadOnlySpan<byte> json, out StoredMetadata metadata)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("not a JSON object");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMetadata = reader.ValueTextEquals("metadata"u8);
            reader.Read();
            if (isMetadata && reader.TokenType == JsonTokenType.StartObject)
            {
                return ScanMetadata(ref reader, out metadata);
            }
            reader.Skip();
        }
        throw new JsonException("the object has no metadata");
    }

    private static Place ScanMetadata(ref Utf8JsonReader reader, out StoredMetadata metadata)
    {
        var start = (int)reader.BytesConsumed;
        var place = new Place(start, start, HasName: false, NeedsComma: false);
        var (name, @namespace) = ("", "");
        IReadOnlyDictionary<string, string> labels = ReadOnlyDictionary<string, string>.Empty;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!place.HasName)
            {
                place = place with { NeedsComma = true };
            }
            if (reader.ValueTextEquals("resourceVersion"u8))
            {
                reader.Read();
                place = new Place((int)reader.TokenStartIndex, (int)reader.BytesConsumed, HasName: true, NeedsComma: false);
            }
            else if (reader.ValueTextEquals("name"u8))
            {
                name = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("namespace"u8))
            {
                @namespace = ReadText(ref reader);
            }
            else if (reader.ValueTextEquals("labels"u8))
            {
                labels = ReadLabels(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }
        metadata = new StoredMetadata(@namespace, name, labels);
        return place;
    }

    private static string ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Null => "",
            _ => throw new JsonException($"expected text in the metadata, found {Encoding.UTF8.GetString(reader.ValueSpan)}"),
        };
    }

    private static IReadOnlyDictionary<string, string> ReadLabels(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return ReadOnlyDictionary<string, string>.Empty;
        }
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            labels[name] = ReadText(ref reader);
        }
        return labels;
    }
}
