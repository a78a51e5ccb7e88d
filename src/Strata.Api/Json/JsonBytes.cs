using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.Api.Json;

/// <summary>Writes JSON trees as the API stores and serves them: compact, UTF-8, with no escapes but those JSON requires.</summary>
public static class JsonBytes
{
    public static byte[] Serialize(JsonNode node)
    {
        var buffer = JsonBuffer.Rent();
        node.WriteTo(buffer.Writer);
        var bytes = buffer.Written().ToArray();
        buffer.Return();
        return bytes;
    }

    public static void Write(JsonNode node, IBufferWriter<byte> output)
    {
        using var writer = new Utf8JsonWriter(output, ModelJson.WriterOptions);
        node.WriteTo(writer);
    }
}
