using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Access to JSON trees by path, for what is named at run time (scale paths, finalizer lists).</summary>
internal static class ObjectTree
{
    /// <summary>Replaces an array of texts; an empty one is left out.</summary>
    public static void SetTexts(this JsonObject target, string name, IReadOnlyCollection<string> texts)
    {
        if (texts.Count == 0)
        {
            target.Remove(name);
            return;
        }

        target[name] = new JsonArray([.. texts.Select(static text => (JsonNode?)JsonValue.Create(text))]);
    }

    /// <summary>The node at a dot-separated path, or null.</summary>
    public static JsonNode? At(this JsonObject source, string path)
    {
        JsonNode? node = source;
        foreach (var part in path.Split('.'))
        {
            node = (node as JsonObject)?[part];
        }

        return node;
    }

    /// <summary>Sets the node at a dot-separated path, adding objects on the way.</summary>
    public static void SetAt(this JsonObject target, string path, JsonNode? value)
    {
        var parts = path.Split('.');
        foreach (var part in parts.AsSpan(0, parts.Length - 1))
        {
            target = target.Ensure(part);
        }

        target[parts[^1]] = value;
    }
}
