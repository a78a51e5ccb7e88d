using System.Text.Json;
using Strata.Api.Errors;

namespace Strata.Client.Http;

/// <summary>Cuts a list answer into its items without decoding them: every item shares the answer's buffer.</summary>
internal static class ListReader
{
    /// <exception cref="ApiException">The bytes are not a list.</exception>
    public static ApiObjectList Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return ReadList(utf8);
        }
        catch (JsonException error)
        {
            throw ApiErrors.Internal($"the answer is not a list: {error.Message}", error);
        }
    }

    // An answer that only looks like an empty list would make an informer believe that everything is gone, so its form is checked.
    private static ApiObjectList ReadList(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span);
        List<ApiObject>? items = null;
        var version = "";
        string? next = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("items"u8))
            {
                items = ReadItems(ref reader, utf8);
            }
            else if (reader.ValueTextEquals("metadata"u8))
            {
                (version, next) = ReadMetadata(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return new ApiObjectList(items ?? throw new JsonException("it has no items"), version, next);
    }

    private static List<ApiObject> ReadItems(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8)
    {
        var items = new List<ApiObject>();
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return items; // Go writes an empty list so.
        }

        Require(ref reader, JsonTokenType.StartArray);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(new ApiObject(utf8[start..(int)reader.BytesConsumed]));
        }

        return items;
    }

    private static (string Version, string? Next) ReadMetadata(ref Utf8JsonReader reader)
    {
        var version = "";
        string? next = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("resourceVersion"u8);
            var isContinue = reader.ValueTextEquals("continue"u8);
            if (isVersion || isContinue)
            {
                Expect(ref reader, JsonTokenType.String);
                var text = reader.GetString()!;
                version = isVersion ? text : version;
                next = isContinue && text.Length > 0 ? text : next;
            }
            else
            {
                reader.Skip();
            }
        }

        return (version, next);
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        reader.Read();
        Require(ref reader, type);
    }

    private static void Require(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type)
        {
            throw new JsonException($"{type} was expected at byte {reader.TokenStartIndex}, not {reader.TokenType}");
        }
    }
}
