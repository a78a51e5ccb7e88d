using System.Text.Json;
using Strata.Api.Errors;

namespace Strata.Client.Http;

/// <summary>Reads one line of a watch stream: <c>{"type":"ADDED","object":{…}}</c>.</summary>
internal static class WatchFrameReader
{
    /// <exception cref="ApiException">The frame is an ERROR event, or not a watch event at all.</exception>
    public static ApiWatchFrame Read(ReadOnlyMemory<byte> line)
    {
        try
        {
            return ReadFrame(line);
        }
        catch (JsonException error)
        {
            throw ApiErrors.Internal($"a watch event is not valid JSON: {error.Message}", error);
        }
    }

    private static ApiWatchFrame ReadFrame(ReadOnlyMemory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span);
        string? type = null;
        ReadOnlyMemory<byte> body = default;
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = reader.ValueTextEquals("type"u8);
            var isObject = reader.ValueTextEquals("object"u8);
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                type = reader.GetString();
            }

            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (isObject)
            {
                body = line[start..(int)reader.BytesConsumed];
            }
        }

        return type switch
        {
            _ when body.IsEmpty => throw ApiErrors.Internal($"a watch event of type \"{type}\" holds no object"),
            "ADDED" => new ApiWatchFrame(WatchEventType.Added, new ApiObject(body)),
            "MODIFIED" => new ApiWatchFrame(WatchEventType.Modified, new ApiObject(body)),
            "DELETED" => new ApiWatchFrame(WatchEventType.Deleted, new ApiObject(body)),
            "BOOKMARK" => new ApiWatchFrame(WatchEventType.Bookmark, new ApiObject(body)),
            "ERROR" => throw new ApiException(ApiStatus.TryParse(body) ?? ApiErrors.Internal("the watch ended with an error that is no Status").Status),
            _ => throw ApiErrors.Internal($"unknown watch event type \"{type}\""),
        };
    }
}
