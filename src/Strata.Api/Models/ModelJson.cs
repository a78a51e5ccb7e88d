using System.Buffers;
using System.Collections.Frozen;
using System.Text.Encodings.Web;
using System.Text.Json;
using Strata.Api.Json;

namespace Strata.Api.Models;

/// <summary>What the generated readers and writers share. Hot: runs for every field of every object read from the API.</summary>
public static class ModelJson
{
    /// <summary>Compact output without escaping of characters that JSON itself does not require (like Go's encoder with HTML escaping off).</summary>
    public static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    internal delegate T ReadElement<T>(ref Utf8JsonReader reader);

    /// <summary>Reads one object from UTF-8 JSON.</summary>
    /// <exception cref="JsonException">The bytes are not JSON or a field has the wrong type.</exception>
    public static T Parse<T>(ReadOnlySpan<byte> utf8)
        where T : class, IJsonModel<T>
    {
        var reader = new Utf8JsonReader(utf8);
        reader.Read();
        return T.Read(ref reader);
    }

    /// <summary>Writes one object as compact UTF-8 JSON.</summary>
    public static byte[] Serialize<T>(T model)
        where T : class, IJsonModel<T>
    {
        var buffer = JsonBuffer.Rent();
        model.Write(buffer.Writer);
        var bytes = buffer.Written().ToArray();
        buffer.Return();
        return bytes;
    }

    /// <summary>Whether two values have the same JSON. Record equality compares lists and maps by reference, so use this to detect changes.</summary>
    public static bool ContentEquals<T>(T? left, T? right)
        where T : class, IJsonModel<T> =>
        ReferenceEquals(left, right) || (left is not null && right is not null && SameBytes(left, right));

    internal static IReadOnlyDictionary<string, T> EmptyMap<T>() => FrozenDictionary<string, T>.Empty;

    internal static bool BeginObject(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject => true,
        JsonTokenType.Null => false,
        _ => throw Unexpected(ref reader, "an object"),
    };

    internal static bool NextProperty(ref Utf8JsonReader reader) => reader.Read() && reader.TokenType == JsonTokenType.PropertyName;

    // An escaped name may be longer on the wire than the name it stands for.
    internal static int PropertyNameLength(ref Utf8JsonReader reader) =>
        reader.ValueIsEscaped ? reader.GetString()!.Length : reader.ValueSpan.Length;

    internal static string ReadString(ref Utf8JsonReader reader) => ReadStringOrNull(ref reader) ?? "";

    internal static string? ReadStringOrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => ShortStrings.Read(ref reader),
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "a string"),
    };

    internal static int ReadInt32(ref Utf8JsonReader reader) => ReadInt32OrNull(ref reader) ?? 0;

    internal static int? ReadInt32OrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt32(out var value) => value,
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "a 32-bit integer"),
    };

    internal static long ReadInt64(ref Utf8JsonReader reader) => ReadInt64OrNull(ref reader) ?? 0;

    internal static long? ReadInt64OrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number when reader.TryGetInt64(out var value) => value,
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "a 64-bit integer"),
    };

    internal static double ReadDouble(ref Utf8JsonReader reader) => ReadDoubleOrNull(ref reader) ?? 0;

    internal static double? ReadDoubleOrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Number => reader.GetDouble(),
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "a number"),
    };

    internal static bool ReadBoolean(ref Utf8JsonReader reader) => ReadBooleanOrNull(ref reader) ?? false;

    internal static bool? ReadBooleanOrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "true or false"),
    };

    internal static byte[] ReadBytes(ref Utf8JsonReader reader) => ReadBytesOrNull(ref reader) ?? [];

    internal static byte[]? ReadBytesOrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String when reader.TryGetBytesFromBase64(out var bytes) => bytes,
        JsonTokenType.Null => null,
        _ => throw Unexpected(ref reader, "base64 text"),
    };

    internal static Quantity ReadQuantity(ref Utf8JsonReader reader) => ReadQuantityOrNull(ref reader) ?? default;

    internal static Quantity? ReadQuantityOrNull(ref Utf8JsonReader reader)
    {
        var text = reader.TokenType switch
        {
            JsonTokenType.String => reader.GetString()!,
            JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(reader.ValueSpan),
            JsonTokenType.Null => null,
            _ => throw Unexpected(ref reader, "a quantity"),
        };
        if (text is null)
        {
            return null;
        }

        return Quantity.TryParse(text, out var quantity) ? quantity : throw new JsonException($"\"{text}\" is not a quantity");
    }

    internal static IntOrString ReadIntOrString(ref Utf8JsonReader reader) => ReadIntOrStringOrNull(ref reader) ?? default;

    internal static IntOrString? ReadIntOrStringOrNull(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => new IntOrString(reader.GetString()!),
        JsonTokenType.Number when reader.TryGetInt32(out var value) => new IntOrString(value),
        JsonTokenType.Null => (IntOrString?)null,
        _ => throw Unexpected(ref reader, "an integer or a string"),
    };

    internal static RawJson ReadRawJson(ref Utf8JsonReader reader) => ReadRawJsonOrNull(ref reader) ?? default;

    internal static RawJson? ReadRawJsonOrNull(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        using var document = JsonDocument.ParseValue(ref reader);
        return new RawJson(JsonSerializerBytes(document.RootElement));
    }

    internal static DateTimeOffset? ReadTime(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.Null => null,
        JsonTokenType.String when reader.ValueSpan.Length == 0 => null,
        JsonTokenType.String when TryGetTime(ref reader, out var time) => time,
        _ => throw Unexpected(ref reader, "an RFC 3339 time"),
    };

    internal static DateTimeOffset ReadTimeValue(ref Utf8JsonReader reader) => ReadTime(ref reader) ?? default;

    internal static IReadOnlyList<string> ReadStringList(ref Utf8JsonReader reader) => ReadList(ref reader, ReadString);

    internal static IReadOnlyList<T> ReadList<T>(ref Utf8JsonReader reader, ReadElement<T> read)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return [];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw Unexpected(ref reader, "an array");
        }

        List<T>? items = null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            (items ??= []).Add(read(ref reader));
        }

        return items is null ? [] : items.ToArray();
    }

    internal static IReadOnlyDictionary<string, T> ReadMap<T>(ref Utf8JsonReader reader, ReadElement<T> read)
    {
        if (!BeginObject(ref reader))
        {
            return EmptyMap<T>();
        }

        Dictionary<string, T>? map = null;
        while (NextProperty(ref reader))
        {
            var key = ShortStrings.Read(ref reader);
            reader.Read();
            (map ??= new Dictionary<string, T>(StringComparer.Ordinal))[key] = read(ref reader);
        }

        return map ?? EmptyMap<T>();
    }

    internal static void WriteList<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
        {
            return;
        }

        writer.WriteStartArray(name);
        for (var index = 0; index < items.Count; index++)
        {
            write(writer, items[index]);
        }

        writer.WriteEndArray();
    }

    // Keys are sorted, as Go's encoder does: the same content gives the same bytes.
    internal static void WriteMap<T>(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, T> map, Action<Utf8JsonWriter, T> write)
    {
        if (map.Count == 0)
        {
            return;
        }

        writer.WriteStartObject(name);
        foreach (var key in map.Keys.Order(StringComparer.Ordinal))
        {
            writer.WritePropertyName(key);
            write(writer, map[key]);
        }

        writer.WriteEndObject();
    }

    internal static void WriteModel<T>(Utf8JsonWriter writer, T model)
        where T : class, IJsonModel<T> => model.Write(writer);

    internal static void WriteStringListValue(Utf8JsonWriter writer, IReadOnlyList<string> items)
    {
        writer.WriteStartArray();
        for (var index = 0; index < items.Count; index++)
        {
            writer.WriteStringValue(items[index]);
        }

        writer.WriteEndArray();
    }

    internal static void WriteValue(Utf8JsonWriter writer, string value) => writer.WriteStringValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, int value) => writer.WriteNumberValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, long value) => writer.WriteNumberValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, double value) => writer.WriteNumberValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, bool value) => writer.WriteBooleanValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, byte[] value) => writer.WriteBase64StringValue(value);

    internal static void WriteValue(Utf8JsonWriter writer, Quantity value) => writer.WriteStringValue(value.ToString());

    internal static void WriteValue(Utf8JsonWriter writer, RawJson value)
    {
        if (value.IsSet)
        {
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteNullValue();
        }
    }

    internal static void WriteValue(Utf8JsonWriter writer, IntOrString value)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            writer.WriteNumberValue(value.Number);
        }
    }

    internal static void WriteTimeValue(Utf8JsonWriter writer, DateTimeOffset value) => writer.WriteStringValue(KubeTime.Format(value));

    internal static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, KubeTime.Format(time));
        }
    }

    internal static void WriteMicroTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, KubeTime.FormatMicro(time));
        }
    }

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string value) => writer.WriteString(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int value) => writer.WriteNumber(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long value) => writer.WriteNumber(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double value) => writer.WriteNumber(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value) => writer.WriteBoolean(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[] value) => writer.WriteBase64String(name, value);

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Quantity value) => writer.WriteString(name, value.ToString());

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IntOrString value)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    internal static void WriteAlways(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RawJson value)
    {
        writer.WritePropertyName(name);
        WriteValue(writer, value);
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string value)
    {
        if (value.Length > 0)
        {
            writer.WriteString(name, value);
        }
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value)
    {
        if (value)
        {
            writer.WriteBoolean(name, value);
        }
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[] value)
    {
        if (value.Length > 0)
        {
            writer.WriteBase64String(name, value);
        }
    }

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Quantity value)
    {
        if (value != default)
        {
            writer.WriteString(name, value.ToString());
        }
    }

    // Go's IntOrString is a struct: omitempty never drops it, so 0 is written.
    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IntOrString value) => WriteAlways(writer, name, value);

    internal static void WriteIfNotDefault(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RawJson value)
    {
        if (value.IsSet)
        {
            WriteAlways(writer, name, value);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte[]? value)
    {
        if (value is not null)
        {
            writer.WriteBase64String(name, value);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } set)
        {
            writer.WriteNumber(name, set);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } set)
        {
            writer.WriteNumber(name, set);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool? value)
    {
        if (value is { } set)
        {
            writer.WriteBoolean(name, set);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Quantity? value)
    {
        if (value is { } set)
        {
            WriteAlways(writer, name, set);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IntOrString? value)
    {
        if (value is { } set)
        {
            WriteAlways(writer, name, set);
        }
    }

    internal static void WriteIfSet(Utf8JsonWriter writer, ReadOnlySpan<byte> name, RawJson? value)
    {
        if (value is { IsSet: true } set)
        {
            WriteAlways(writer, name, set);
        }
    }

    private static bool SameBytes<T>(T left, T right)
        where T : class, IJsonModel<T>
    {
        var (first, second) = (JsonBuffer.Rent(), JsonBuffer.Rent());
        left.Write(first.Writer);
        right.Write(second.Writer);
        var same = first.Written().SequenceEqual(second.Written());
        second.Return();
        first.Return();
        return same;
    }

    private static byte[] JsonSerializerBytes(JsonElement element)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            element.WriteTo(writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static bool TryGetTime(ref Utf8JsonReader reader, out DateTimeOffset time) =>
        reader.ValueIsEscaped ? KubeTime.TryParse(reader.GetString(), out time) : KubeTime.TryParse(reader.ValueSpan, out time);

    private static JsonException Unexpected(ref Utf8JsonReader reader, string expected) =>
        new($"expected {expected}, found {reader.TokenType} at byte {reader.TokenStartIndex}");
}
