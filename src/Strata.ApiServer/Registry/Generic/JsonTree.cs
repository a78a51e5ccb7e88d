using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using JsonNumber = Strata.Api.Json.JsonNumber;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Reading and completing JSON trees of objects. A field of the wrong type reads as absent: the schema check has already reported it.
/// As in Go's encoding, null counts as absent, and for text so does the empty string.</summary>
internal static class JsonTree
{
    /// <summary>A non-empty string, or null.</summary>
    public static string? Text(this JsonObject? source, string name) => source?[name] is JsonValue value ? AsText(value) : null;

    public static string TextOrEmpty(this JsonObject? source, string name) => source.Text(name) ?? "";

    public static long? Number(this JsonObject? source, string name) => source?[name] is JsonValue value ? AsNumber(value) : null;

    public static bool? Flag(this JsonObject? source, string name) =>
        source?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) ? flag : null;

    public static bool IsTrue(this JsonObject? source, string name) => source.Flag(name) == true;

    public static JsonObject? Object(this JsonObject? source, string name) => source?[name] as JsonObject;

    public static JsonArray? Array(this JsonObject? source, string name) => source?[name] as JsonArray;

    public static int Count(this JsonObject? source, string name) => source?[name] switch
    {
        JsonArray array => array.Count,
        JsonObject map => map.Count,
        _ => 0,
    };

    /// <summary>The objects of an array with their positions; anything else in it is skipped.</summary>
    public static IEnumerable<(JsonObject Item, int Index)> Objects(this JsonObject? source, string name)
    {
        if (source?[name] is not JsonArray array)
        {
            yield break;
        }

        for (var index = 0; index < array.Count; index++)
        {
            if (array[index] is JsonObject item)
            {
                yield return (item, index);
            }
        }
    }

    /// <summary>The strings of an array with their positions, empty ones included.</summary>
    public static IEnumerable<(string Item, int Index)> Texts(this JsonObject? source, string name)
    {
        if (source?[name] is not JsonArray array)
        {
            yield break;
        }

        for (var index = 0; index < array.Count; index++)
        {
            if (array[index] is JsonValue value && value.TryGetValue<string>(out var text))
            {
                yield return (text, index);
            }
        }
    }

    /// <summary>Name and text of each string in a map such as labels.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Entries(this JsonObject? map)
    {
        if (map is null)
        {
            yield break;
        }

        foreach (var (key, node) in map)
        {
            yield return new KeyValuePair<string, string>(key, node is JsonValue value && value.TryGetValue<string>(out var text) ? text : "");
        }
    }

    public static JsonObject Metadata(this JsonObject source) => source.Ensure("metadata");

    public static string Name(this JsonObject source) => source.Object("metadata").TextOrEmpty("name");

    public static string Namespace(this JsonObject source) => source.Object("metadata").TextOrEmpty("namespace");

    public static bool IsDeleting(this JsonObject source) => source.Object("metadata").Text("deletionTimestamp") is not null;

    /// <summary>The object in a field, added empty when absent.</summary>
    public static JsonObject Ensure(this JsonObject source, string name)
    {
        if (source[name] is JsonObject existing)
        {
            return existing;
        }

        var created = new JsonObject();
        source[name] = created;
        return created;
    }

    /// <summary>Sets a string that is absent or empty.</summary>
    public static void DefaultText(this JsonObject source, string name, string value)
    {
        if (source[name] is null || (source[name] is JsonValue node && node.TryGetValue<string>(out var text) && text.Length == 0))
        {
            source[name] = value;
        }
    }

    /// <summary>Sets a number that is absent. An explicit 0 stays (a pointer in Go).</summary>
    public static void DefaultNumber(this JsonObject source, string name, long value)
    {
        if (source[name] is null)
        {
            source[name] = JsonNumber.Create(value);
        }
    }

    /// <summary>Sets a number that is absent or 0 (not a pointer in Go).</summary>
    public static void DefaultNonZero(this JsonObject source, string name, long value)
    {
        if (source[name] is null || source.Number(name) == 0)
        {
            source[name] = JsonNumber.Create(value);
        }
    }

    public static void DefaultFlag(this JsonObject source, string name, bool value)
    {
        if (source[name] is null)
        {
            source[name] = value;
        }
    }

    /// <summary>Copies a field, or removes it when <paramref name="old"/> has none.</summary>
    public static void Restore(this JsonObject target, JsonObject? old, string name)
    {
        if (old?[name] is { } value)
        {
            target[name] = value.DeepClone();
        }
        else
        {
            target.Remove(name);
        }
    }

    /// <summary>Takes all metadata from <paramref name="old"/>: for kinds whose status writers may not touch any.</summary>
    public static void RestoreMetadata(this JsonObject target, JsonObject old) => target.Restore(old, "metadata");

    public static bool TryNumber(JsonNode? node, out long number)
    {
        number = 0;
        if (node is JsonValue value && AsNumber(value) is { } found)
        {
            number = found;
            return true;
        }

        return false;
    }

    public static bool TryText(JsonNode? node, [NotNullWhen(true)] out string? text)
    {
        text = null;
        return node is JsonValue value && value.TryGetValue(out text);
    }

    private static string? AsText(JsonValue value) => value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    // A value made by code knows only its own type; one that was parsed converts to any that fits.
    private static long? AsNumber(JsonValue value) =>
        value.TryGetValue<long>(out var number) ? number
        : value.TryGetValue<int>(out var small) ? small
        : value.GetValueKind() == JsonValueKind.Number && value.TryGetValue<double>(out var real) && Math.Floor(real) == real && Math.Abs(real) < 1e18 ? (long)real
        : null;
}
