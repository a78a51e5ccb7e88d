using System.Text.Json;
using Strata.Api;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Reading stored objects without materialising them. A missing field reads as an undefined element, so that look-ups chain.</summary>
/// <remarks>Hot path: runs for every row and every watch event.</remarks>
internal static class JsonElementReading
{
    public static JsonElement Get(this JsonElement source, ReadOnlySpan<byte> name) =>
        source.ValueKind == JsonValueKind.Object && source.TryGetProperty(name, out var value) ? value : default;

    public static JsonElement Get(this JsonElement source, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => source.Get(first).Get(second);

    /// <summary>The string, or empty when there is none.</summary>
    public static string Text(this JsonElement source) => source.ValueKind == JsonValueKind.String ? source.GetString()! : "";

    public static string Text(this JsonElement source, ReadOnlySpan<byte> name) => source.Get(name).Text();

    /// <summary>The string, or <c>&lt;none&gt;</c>.</summary>
    public static string TextOrNone(this JsonElement source) => source.Text() is { Length: > 0 } text ? text : "<none>";

    public static bool Is(this JsonElement source, ReadOnlySpan<byte> text) => source.ValueKind == JsonValueKind.String && source.ValueEquals(text);

    /// <summary>Whether there is a string of at least one character.</summary>
    public static bool HasText(this JsonElement source) => source.ValueKind == JsonValueKind.String && !source.ValueEquals(""u8);

    public static bool IsTrue(this JsonElement source) => source.ValueKind == JsonValueKind.True;

    public static bool Exists(this JsonElement source) => source.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null);

    public static long Number(this JsonElement source, long absent = 0) =>
        source.ValueKind == JsonValueKind.Number && source.TryGetInt64(out var number) ? number : absent;

    public static int Count(this JsonElement source) => source.ValueKind switch
    {
        JsonValueKind.Array => source.GetArrayLength(),
        JsonValueKind.Object => source.GetPropertyCount(),
        _ => 0,
    };

    /// <summary>The items of an array; none when it is not an array.</summary>
    public static JsonElement.ArrayEnumerator Items(this JsonElement source) => source.ValueKind == JsonValueKind.Array ? source.EnumerateArray() : default;

    public static JsonElement.ObjectEnumerator Properties(this JsonElement source) => source.ValueKind == JsonValueKind.Object ? source.EnumerateObject() : default;

    public static DateTimeOffset? Time(this JsonElement source) =>
        source.ValueKind == JsonValueKind.String && source.TryGetDateTimeOffset(out var time) ? time : null;

    /// <summary>Time since then as kubectl prints it, or <c>&lt;unknown&gt;</c>.</summary>
    public static string Since(this DateTimeOffset? time, DateTimeOffset now) => time is { } value ? HumanDuration.Format(now - value) : "<unknown>";
}
