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
            throw ApiErrors.Internal($"the list in the answer is not valid JSON: {error.Message}", error);
        }
    }

    private static ApiObjectList ReadList(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span);
        var items = new List<ApiObject>();
        var version = "";
        string? next = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("items"u8))
            {
                ReadItems(ref reader, utf8, items);
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

        return new ApiObjectList(items, version, next);
    }

    private static void ReadItems(ref Utf8JsonReader reader, ReadOnlyMemory<byte> utf8, List<ApiObject> items)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            items.Add(new ApiObject(utf8[start..(int)reader.BytesConsumed]));
        }
    }

    private static (string Version, string? Next) ReadMetadata(ref Utf8JsonReader reader)
    {
        var version = "";
        string? next = null;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isVersion = reader.ValueTextEquals("resourceVersion"u8);
            var isContinue = reader.ValueTextEquals("continue"u8);
            reader.Read();
            if (isVersion)
            {
                version = reader.GetString() ?? "";
            }
            else if (isContinue)
            {
                next = reader.GetString() is { Length: > 0 } token ? token : null;
            }
            else
            {
                reader.Skip();
            }
        }

        return (version, next);
    }
}
