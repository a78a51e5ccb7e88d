using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.Api.Schema;

namespace Strata.Api.Protobuf;

/// <summary>Messages whose JSON form is not an object with the same members.</summary>
internal static class ProtoSpecial
{
    /// <summary>Reads one such value; null means that the message stands for "not set".</summary>
    public static JsonNode? Read(ReadOnlySpan<byte> message, SchemaField field, int depth) => field.Kind switch
    {
        SchemaFieldKind.Time => Time(message) is { } time ? JsonValue.Create(KubeTime.Format(time)) : null,
        SchemaFieldKind.MicroTime => Time(message) is { } time ? JsonValue.Create(KubeTime.FormatMicro(time)) : null,
        SchemaFieldKind.Duration => JsonValue.Create(GoDuration.FormatNanoseconds((long)FirstNumber(message))),
        SchemaFieldKind.Quantity => JsonValue.Create(Strings(message) is [var text, ..] && text.Length > 0 ? text : "0"),
        SchemaFieldKind.IntOrString => IntOrString(message),
        _ => field.TypeName switch
        {
            "apiextensions.v1.JSONSchemaPropsOrArray" => Union(message, field, schemaNumber: 1, depth),
            "apiextensions.v1.JSONSchemaPropsOrBool" => Union(message, field, schemaNumber: 2, depth),
            "apiextensions.v1.JSONSchemaPropsOrStringArray" => Union(message, field, schemaNumber: 1, depth),
            _ => Raw(message, depth),
        },
    };

    /// <summary>ExtraValue and Verbs: a message around a list of strings.</summary>
    public static JsonArray StringList(ReadOnlySpan<byte> message) => [.. Strings(message).Select(JsonNode (text) => JsonValue.Create(text)!)];

    private static List<string> Strings(ReadOnlySpan<byte> message)
    {
        var texts = new List<string>();
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number == 1 && wireType == ProtoReader.Delimited)
            {
                texts.Add(ProtoDecoder.Text(reader.ReadDelimited()));
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        return texts;
    }

    private static ulong FirstNumber(ReadOnlySpan<byte> message)
    {
        ulong value = 0;
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number == 1 && wireType == ProtoReader.Varint)
            {
                value = reader.ReadVarint();
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        return value;
    }

    private static DateTimeOffset? Time(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            return null; // Go's zero time, which is null in JSON.
        }

        var (seconds, nanos) = (0L, 0L);
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number is 1 or 2 && wireType == ProtoReader.Varint)
            {
                var value = (long)reader.ReadVarint();
                (seconds, nanos) = number == 1 ? (value, nanos) : (seconds, value);
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        // -62135596800 is 0001-01-01, the zero time written out.
        return seconds == -62_135_596_800 ? null
            : seconds is > -62_135_596_800 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanos / 100)
            : throw ProtoReader.Malformed("a time is outside the years 1 to 9999");
    }

    private static JsonValue IntOrString(ReadOnlySpan<byte> message)
    {
        var (isText, number, text) = (false, 0, "");
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var field, out var wireType))
        {
            switch (field)
            {
                case 1 when wireType == ProtoReader.Varint:
                    isText = reader.ReadVarint() == 1;
                    break;
                case 2 when wireType == ProtoReader.Varint:
                    number = (int)reader.ReadVarint();
                    break;
                case 3 when wireType == ProtoReader.Delimited:
                    text = ProtoDecoder.Text(reader.ReadDelimited());
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        return isText ? JsonValue.Create(text) : JsonNumber.Create(number);
    }

    // FieldsV1, RawExtension, JSON: bytes that hold JSON, or in a RawExtension one more protobuf frame.
    private static JsonNode? Raw(ReadOnlySpan<byte> message, int depth)
    {
        var reader = new ProtoReader(message);
        ReadOnlySpan<byte> raw = [];
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number == 1 && wireType == ProtoReader.Delimited)
            {
                raw = reader.ReadDelimited();
            }
            else
            {
                reader.Skip(wireType);
            }
        }

        return raw.IsEmpty || raw.SequenceEqual("null"u8) ? null
            : KubeProtobuf.IsFramed(raw) ? KubeProtobuf.Decode(raw, null, null, depth + 1)
            : StrictJson.Parse(raw, null);
    }

    // JSON schema members that are a schema, or else a list or a boolean.
    private static JsonNode Union(ReadOnlySpan<byte> message, SchemaField field, int schemaNumber, int depth)
    {
        var members = new JsonObject();
        ProtoDecoder.Read(message, field.WireType!, members, depth + 1);
        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (number == schemaNumber)
            {
                return members["schema"]?.DeepClone() ?? new JsonObject();
            }

            reader.Skip(wireType);
        }

        return (members["jSONSchemas"] ?? members["property"] ?? members["allows"])?.DeepClone() ?? (schemaNumber == 2 ? JsonValue.Create(false) : new JsonArray());
    }
}
