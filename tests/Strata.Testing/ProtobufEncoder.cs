using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Testing;

/// <summary>Writes an object as client-go's typed clients do: a frame of <c>application/vnd.kubernetes.protobuf</c>. What does not fit the schema is left out.</summary>
public static class ProtobufEncoder
{
    public static byte[] Encode(JsonObject source)
    {
        var (apiVersion, kind) = (Text(source["apiVersion"]), Text(source["kind"]));
        var type = SchemaTable.Default.ForKind(apiVersion, kind) ?? throw new ArgumentException($"no schema of {apiVersion} {kind}", nameof(source));
        var typeMeta = new List<byte>();
        Delimited(typeMeta, 1, Encoding.UTF8.GetBytes(apiVersion));
        Delimited(typeMeta, 2, Encoding.UTF8.GetBytes(kind));
        List<byte> frame = [.. "k8s\0"u8];
        Delimited(frame, 1, [.. typeMeta]);
        Delimited(frame, 2, Message(source, type));
        return [.. frame];
    }

    private static byte[] Message(JsonObject source, SchemaType type)
    {
        var target = new List<byte>();
        foreach (var field in type.WireFields)
        {
            if (field.IsInline)
            {
                Delimited(target, field.Number, Message(source, field.WireType!));
            }
            else if (source[field.JsonName] is { } value)
            {
                Field(target, field, value);
            }
        }

        return [.. target];
    }

    private static void Field(List<byte> target, SchemaField field, JsonNode value)
    {
        if (field.IsMap && value is JsonObject map)
        {
            foreach (var (key, item) in map)
            {
                var entry = new List<byte>();
                Delimited(entry, 1, Encoding.UTF8.GetBytes(key));
                Value(entry, 2, field, item);
                Delimited(target, field.Number, [.. entry]);
            }
        }
        else if (field.IsList && !field.IsStringList && value is JsonArray items)
        {
            foreach (var item in items)
            {
                Value(target, field.Number, field, item);
            }
        }
        else if (!field.IsMap && (!field.IsList || field.IsStringList))
        {
            Value(target, field.Number, field, value);
        }
    }

    private static void Value(List<byte> target, int number, SchemaField field, JsonNode? value)
    {
        switch (field.Kind)
        {
            case SchemaFieldKind.Int32 or SchemaFieldKind.Int64 or SchemaFieldKind.Bool:
                Varint(target, (ulong)number << 3);
                Varint(target, (ulong)Number(value));
                break;
            case SchemaFieldKind.Object when value is JsonObject inner && field.ObjectType is { } type:
                Delimited(target, number, Message(inner, type));
                break;
            case SchemaFieldKind.Bytes:
                var base64 = Text(value);
                var bytes = new byte[base64.Length];
                Delimited(target, number, Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : []);
                break;
            case SchemaFieldKind.Time or SchemaFieldKind.MicroTime when DateTimeOffset.TryParse(Text(value), CultureInfo.InvariantCulture, out var time):
                var seconds = new List<byte> { 1 << 3 };
                Varint(seconds, (ulong)time.ToUnixTimeSeconds());
                Delimited(target, number, [.. seconds]);
                break;
            case SchemaFieldKind.Quantity:
                var quantity = new List<byte>();
                Delimited(quantity, 1, Encoding.UTF8.GetBytes(Text(value)));
                Delimited(target, number, [.. quantity]);
                break;
            case SchemaFieldKind.IntOrString:
                var either = new List<byte>();
                if (value?.GetValueKind() == JsonValueKind.String)
                {
                    either.AddRange([1 << 3, 1]);
                    Delimited(either, 3, Encoding.UTF8.GetBytes(Text(value)));
                }
                else
                {
                    either.Add(2 << 3);
                    Varint(either, (ulong)Number(value));
                }

                Delimited(target, number, [.. either]);
                break;
            case SchemaFieldKind.String when field.IsStringList && value is JsonArray texts:
                var list = new List<byte>();
                foreach (var text in texts)
                {
                    Delimited(list, 1, Encoding.UTF8.GetBytes(Text(text)));
                }

                Delimited(target, number, [.. list]);
                break;
            case SchemaFieldKind.String:
                Delimited(target, number, Encoding.UTF8.GetBytes(Text(value)));
                break;
            default:
                // Raw JSON (FieldsV1, RawExtension).
                var raw = new List<byte>();
                Delimited(raw, 1, Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null"));
                Delimited(target, number, [.. raw]);
                break;
        }
    }

    private static string Text(JsonNode? value) => value is null ? "" : value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();

    private static long Number(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => 1,
        JsonValueKind.Number when long.TryParse(value.ToJsonString(), CultureInfo.InvariantCulture, out var number) => number,
        _ => 0,
    };

    private static void Delimited(List<byte> target, int number, byte[] value)
    {
        Varint(target, ((ulong)number << 3) | 2);
        Varint(target, (ulong)value.Length);
        target.AddRange(value);
    }

    private static void Varint(List<byte> target, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            target.Add((byte)(value | 0x80));
        }

        target.Add((byte)value);
    }
}
