using System.Buffers;
using System.Text.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.Client;

namespace Strata.ApiServer.Registry.Endpoints;

/// <summary>The Status that says a request without an object to answer with has worked.</summary>
internal static class SuccessStatus
{
    /// <summary>For actions such as binding and eviction.</summary>
    public static ApiObject Created { get; } = Write(201, null, null);

    /// <summary>For a deletion: names what is gone.</summary>
    public static ApiObject Of(KindInfo kind, ServedObject removed) => Write(0, kind, removed);

    private static ApiObject Write(int code, KindInfo? kind, ServedObject? removed)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, ModelJson.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("kind"u8, "Status");
            writer.WriteString("apiVersion"u8, "v1");
            writer.WriteStartObject("metadata"u8);
            writer.WriteEndObject();
            writer.WriteString("status"u8, "Success");
            if (kind is not null && removed is { } gone)
            {
                WriteDetails(writer, kind, gone);
            }

            if (code != 0)
            {
                writer.WriteNumber("code"u8, code);
            }

            writer.WriteEndObject();
        }

        return new ApiObject(buffer.WrittenSpan.ToArray());
    }

    private static void WriteDetails(Utf8JsonWriter writer, KindInfo kind, ServedObject removed)
    {
        writer.WriteStartObject("details"u8);
        writer.WriteString("name"u8, removed.Key.Name);
        if (kind.Group.Length > 0)
        {
            writer.WriteString("group"u8, kind.Group);
        }

        writer.WriteString("kind"u8, kind.Plural);
        using var document = JsonDocument.Parse(removed.Json);
        writer.WriteString("uid"u8, document.RootElement.Get("metadata"u8, "uid"u8).Text());
        writer.WriteEndObject();
    }
}
