using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Json;

/// <summary>Compares a JSON tree with its schema: members it does not know, and values of the wrong type.</summary>
public static class FieldCheck
{
    /// <summary>Paths of all members that the schema does not know, such as <c>spec.containers[0].foo</c>, in document order.
    /// The root may always carry <c>apiVersion</c> and <c>kind</c>.</summary>
    public static List<string> UnknownFields(JsonObject target, SchemaType type)
    {
        var unknown = new List<string>();
        Walk(target, type, new JsonPathBuilder(), isRoot: true, unknown);
        return unknown;
    }

    /// <summary>Removes all members that the schema does not know. Changes <paramref name="target"/>.</summary>
    public static void Prune(JsonObject target, SchemaType type) => Walk(target, type, new JsonPathBuilder(), isRoot: true, unknown: null);

    /// <summary>All values whose JSON type or form does not fit the schema, in document order. Null fits everywhere: it means absent.</summary>
    public static List<TypeProblem> Types(JsonObject target, SchemaType type) => new TypeChecker().Check(target, type);

    // With a list it reports, in document order. Without one it removes, from the end: each removal moves what follows, and that is then only what the schema knows.
    private static void Walk(JsonObject target, SchemaType type, JsonPathBuilder path, bool isRoot, List<string>? unknown)
    {
        var count = target.Count;
        for (var step = 0; step < count; step++)
        {
            var index = unknown is null ? count - 1 - step : step;
            var (name, value) = target.GetAt(index);
            if (type.Field(name) is { } field)
            {
                if (field.SchemaUnion is { } union)
                {
                    path.Push(name);
                    WalkUnion(value, field, union, path, unknown);
                    path.Pop();
                }
                else if (field.Kind == SchemaFieldKind.Object && value is not (null or JsonValue) && field.ObjectType is { } inner)
                {
                    path.Push(name);
                    WalkValue(value, field, inner, path, unknown);
                    path.Pop();
                }
            }
            else if (isRoot && name is "apiVersion" or "kind")
            {
                continue;
            }
            else if (unknown is not null)
            {
                unknown.Add(path.Child(name));
            }
            else
            {
                target.RemoveAt(index);
            }
        }
    }

    // Where a schema or something simpler may stand, an object is a schema.
    private static void WalkUnion(JsonNode? value, SchemaField field, SchemaType type, JsonPathBuilder path, List<string>? unknown)
    {
        if (field.IsMap)
        {
            foreach (var (key, entry) in value as JsonObject ?? [])
            {
                path.Push(key);
                if (entry is JsonObject schema)
                {
                    Walk(schema, type, path, isRoot: false, unknown);
                }

                path.Pop();
            }
        }
        else if (value is JsonObject schema)
        {
            Walk(schema, type, path, isRoot: false, unknown);
        }
    }

    private static void WalkValue(JsonNode value, SchemaField field, SchemaType type, JsonPathBuilder path, List<string>? unknown)
    {
        if (field.IsList && value is JsonArray items)
        {
            for (var index = 0; index < items.Count; index++)
            {
                if (items[index] is JsonObject item)
                {
                    path.Push(index);
                    Walk(item, type, path, isRoot: false, unknown);
                    path.Pop();
                }
            }
        }
        else if (field.IsMap && value is JsonObject map)
        {
            foreach (var (key, entry) in map)
            {
                if (entry is JsonObject item)
                {
                    path.Push(key);
                    Walk(item, type, path, isRoot: false, unknown);
                    path.Pop();
                }
            }
        }
        else if (!field.IsList && !field.IsMap && value is JsonObject inner)
        {
            Walk(inner, type, path, isRoot: false, unknown);
        }
    }
}
