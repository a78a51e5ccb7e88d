using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.Api.Json;

/// <summary>Reads request bodies: strict JSON whose repeated members are reported instead of refused, as field validation needs it.</summary>
public static class StrictJson
{
    /// <summary>Deepest nesting accepted; protects the stack of everything that walks the tree.</summary>
    public const int MaxDepth = 500;

    // BadRequest texts start like Go's decoder so that people recognise them.
    private const string Prefix = "the body is not valid JSON";

    /// <summary>Parses one JSON document.</summary>
    /// <param name="utf8">The whole document; nothing but white space may follow it.</param>
    /// <param name="duplicateFields">Receives the path of each repeated member, such as <c>spec.replicas</c>; the last value wins. Null when nobody asks.</param>
    /// <exception cref="ApiException">BadRequest with line and column when the text is not JSON, is empty, or is <c>null</c>.</exception>
    public static JsonNode Parse(ReadOnlySpan<byte> utf8, List<string>? duplicateFields)
    {
        if (utf8.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw ApiErrors.BadRequest("the body is empty; send an object");
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            reader.Read();
            var node = Read(ref reader, new JsonPathBuilder(), duplicateFields) ?? throw ApiErrors.BadRequest("the body is null; send an object");
            reader.Read(); // Throws when something follows the document.
            KeepFirst(duplicateFields);
            return node;
        }
        catch (JsonException exception)
        {
            throw new ApiException(ApiErrors.BadRequest(Describe(exception)).Status, exception);
        }
        catch (InvalidOperationException exception)
        {
            // The reader's word for text that is not UTF-8, or for half a surrogate pair.
            throw new ApiException(
                ApiErrors.BadRequest($"{Prefix}: the string at byte {reader.TokenStartIndex.ToString(CultureInfo.InvariantCulture)} is not valid UTF-8").Status, exception);
        }
    }

    private static JsonNode? Read(ref Utf8JsonReader reader, JsonPathBuilder path, List<string>? duplicates) => reader.TokenType switch
    {
        JsonTokenType.StartObject => ReadObject(ref reader, path, duplicates),
        JsonTokenType.StartArray => ReadArray(ref reader, path, duplicates),
        JsonTokenType.String => JsonValue.Create(reader.GetString()!),
        JsonTokenType.True => JsonValue.Create(true),
        JsonTokenType.False => JsonValue.Create(false),
        JsonTokenType.Null => null,
        _ => JsonNumber.Read(ref reader),
    };

    private static JsonObject ReadObject(ref Utf8JsonReader reader, JsonPathBuilder path, List<string>? duplicates)
    {
        var result = new JsonObject();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            path.Push(name);
            var value = Read(ref reader, path, duplicates);
            if (!result.TryAdd(name, value))
            {
                result[name] = value;
                duplicates?.Add(path.ToString());
            }

            path.Pop();
        }

        return result;
    }

    private static JsonArray ReadArray(ref Utf8JsonReader reader, JsonPathBuilder path, List<string>? duplicates)
    {
        var result = new JsonArray();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            path.Push(result.Count);
            result.Add(Read(ref reader, path, duplicates));
            path.Pop();
        }

        return result;
    }

    // A member given three times is one problem, as upstream counts.
    private static void KeepFirst(List<string>? duplicates)
    {
        var known = new HashSet<string>();
        duplicates?.RemoveAll(path => !known.Add(path));
    }

    private static string Describe(JsonException exception)
    {
        var message = exception.Message;
        var tail = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = tail < 0 ? message : message[..tail];
        return string.Create(
            CultureInfo.InvariantCulture, $"{Prefix}: line {(exception.LineNumber ?? 0) + 1}, column {(exception.BytePositionInLine ?? 0) + 1}: {reason}");
    }
}
