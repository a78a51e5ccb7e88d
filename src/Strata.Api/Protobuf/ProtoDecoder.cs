using System.Text;
using System.Text.Json.Nodes;
using System.Text.Unicode;
using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Protobuf;

/// <summary>Turns protobuf messages into JSON objects by the schema table. Numbers that the table does not know are skipped, as an older server does.</summary>
internal static class ProtoDecoder
{
    private const int MaxDepth = 200;

    /// <summary>Adds the members of a message to <paramref name="target"/>.</summary>
    public static void Read(ReadOnlySpan<byte> message, SchemaType type, JsonObject target, int depth)
    {
        if (depth > MaxDepth)
        {
            throw ProtoReader.Malformed("it is nested too deeply");
        }

        var reader = new ProtoReader(message);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            if (type.WireField(number) is not { } field)
            {
                reader.Skip(wireType);
            }
            else if (field.IsInline)
            {
                Read(Message(ref reader, wireType, field), field.WireType!, target, depth + 1);
            }
            else if (field.IsMap)
            {
                ReadMapEntry(Message(ref reader, wireType, field), field, target.ObjectOrNew(field.JsonName), depth);
            }
            else if (field.IsList && !field.IsStringList)
            {
                ReadItems(ref reader, wireType, field, target, depth);
            }
            else
            {
                // A field given twice counts once; the last value wins.
                var value = ReadValue(ref reader, wireType, field, depth);
                if (value is not null && !(field.Presence == SchemaPresence.OmitDefault && IsDefault(value)))
                {
                    target[field.JsonName] = value;
                }
            }
        }
    }

    private static void ReadItems(ref ProtoReader reader, int wireType, SchemaField field, JsonObject target, int depth)
    {
        if (target[field.JsonName] is not JsonArray items)
        {
            target[field.JsonName] = items = [];
        }

        if (wireType == ProtoReader.Delimited && field.Kind is SchemaFieldKind.Int32 or SchemaFieldKind.Int64 or SchemaFieldKind.Bool)
        {
            var packed = new ProtoReader(reader.ReadDelimited());
            while (!packed.IsAtEnd)
            {
                items.Add((JsonNode)Number(packed.ReadVarint(), field.Kind));
            }
        }
        else
        {
            items.Add(ReadValue(ref reader, wireType, field, depth));
        }
    }

    private static void ReadMapEntry(ReadOnlySpan<byte> entry, SchemaField field, JsonObject map, int depth)
    {
        var key = "";
        JsonNode? value = null;
        var reader = new ProtoReader(entry);
        while (reader.TryReadTag(out var number, out var wireType))
        {
            switch (number)
            {
                case 1:
                    key = Text(Message(ref reader, wireType, field));
                    break;
                case 2:
                    value = ReadValue(ref reader, wireType, field, depth);
                    break;
                default:
                    reader.Skip(wireType);
                    break;
            }
        }

        map[key] = value ?? (field.Kind is SchemaFieldKind.String or SchemaFieldKind.Bytes ? "" : new JsonObject());
    }

    // Null means "not set": an empty time, an empty raw value.
    private static JsonNode? ReadValue(ref ProtoReader reader, int wireType, SchemaField field, int depth)
    {
        if (field.Kind is SchemaFieldKind.Int32 or SchemaFieldKind.Int64 or SchemaFieldKind.Bool)
        {
            Require(wireType == ProtoReader.Varint, field);
            return Number(reader.ReadVarint(), field.Kind);
        }

        if (field.Kind == SchemaFieldKind.Double)
        {
            Require(wireType == ProtoReader.Fixed64, field);
            var number = reader.ReadDouble();
            return double.IsFinite(number) ? JsonNumber.Create(number) : throw ProtoReader.Malformed($"{field.JsonName} is not a finite number");
        }

        var message = Message(ref reader, wireType, field);
        switch (field.Kind)
        {
            case SchemaFieldKind.String:
                return field.IsStringList ? ProtoSpecial.StringList(message) : JsonValue.Create(Text(message));
            case SchemaFieldKind.Bytes:
                return JsonValue.Create(Convert.ToBase64String(message));
            case SchemaFieldKind.Object:
                var inner = new JsonObject();
                Read(message, field.ObjectType ?? throw ProtoReader.Malformed($"{field.JsonName} has an unknown type"), inner, depth + 1);
                return inner;
            default:
                return ProtoSpecial.Read(message, field, depth);
        }
    }

    internal static string Text(ReadOnlySpan<byte> utf8) => Utf8.IsValid(utf8) ? Encoding.UTF8.GetString(utf8) : throw ProtoReader.Malformed("a string is not UTF-8");

    private static JsonValue Number(ulong value, SchemaFieldKind kind) => kind switch
    {
        SchemaFieldKind.Bool => JsonValue.Create(value != 0),
        SchemaFieldKind.Int32 => JsonNumber.Create((int)value),
        _ => JsonNumber.Create((long)value),
    };

    private static bool IsDefault(JsonNode value) => value is JsonValue && (JsonRead.Text(value) is "" || JsonRead.Boolean(value) is false || JsonRead.Int64(value) is 0);

    private static ReadOnlySpan<byte> Message(ref ProtoReader reader, int wireType, SchemaField field)
    {
        Require(wireType == ProtoReader.Delimited, field);
        return reader.ReadDelimited();
    }

    private static void Require(bool fits, SchemaField field)
    {
        if (!fits)
        {
            throw ProtoReader.Malformed($"the field {field.JsonName} has the wrong wire type");
        }
    }
}
