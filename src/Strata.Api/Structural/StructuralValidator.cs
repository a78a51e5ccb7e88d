using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;

namespace Strata.Api.Structural;

/// <summary>Holds an object against its schema and collects every problem, in upstream's words (kube-openapi: pkg/validation/validate;
/// apiextensions-apiserver: pkg/apiserver/validation). Not thread-safe; used once.</summary>
/// <remarks>On an update, a value that is what it was is not looked at again, so that a schema that became stricter does not lock old objects
/// (KEP-4008, ratcheting).</remarks>
public sealed partial class StructuralValidator
{
    private readonly JsonPathBuilder _path = new();
    private FieldErrors _errors;

    private StructuralValidator(FieldErrors errors) => _errors = errors;

    /// <param name="old">The object before the update; null on create.</param>
    public static void Validate(JsonObject target, JsonObject? old, StructuralSchema schema, FieldErrors errors)
    {
        var validator = new StructuralValidator(errors);
        validator.Check(target, old, schema);
        validator.CheckResource(target, old, schema, isRoot: true);
    }

    /// <summary>Checks a value that stands at <paramref name="path"/>: the default in a schema, for example.</summary>
    public static void ValidateValue(JsonNode? value, StructuralSchema schema, string path, FieldErrors errors)
    {
        var validator = new StructuralValidator(errors);
        validator._path.Push(path);
        validator.Check(value, null, schema);
    }

    private string Name => _path.ToString();

    private void Check(JsonNode? value, JsonNode? old, StructuralSchema schema)
    {
        if (old is not null && JsonNode.DeepEquals(value, old))
        {
            return;
        }

        if (!CheckType(value, schema) || value is null)
        {
            return;
        }

        switch (value)
        {
            case JsonObject map:
                CheckObject(map, old as JsonObject, schema);
                break;
            case JsonArray list:
                CheckList(list, old as JsonArray, schema);
                break;
            case JsonValue scalar:
                CheckScalar(scalar, schema);
                break;
        }

        if (schema.Rules is { } rules)
        {
            CheckEnum(value, rules);
            CheckJunctors(value, rules);
        }
    }

    private bool CheckType(JsonNode? value, StructuralSchema schema)
    {
        if (value is null && schema.IsNullable)
        {
            return true;
        }

        var found = TypeOf(value);
        var wanted = schema.IsIntOrString ? "integer,string" : schema.Type;
        var fits = wanted.Length == 0 || (value is JsonValue scalar && found == "number" && JsonNumbers.IsWhole(scalar)
            ? wanted is "integer" or "number" or "integer,string"
            : schema.IsIntOrString ? found == "string" : found == wanted);
        if (!fits)
        {
            found = value is JsonValue number && found == "number" && JsonNumbers.IsWhole(number) ? "integer" : found;
            _errors.TypeInvalid(Name, found, $"{Name} in body must be of type {wanted}: \"{found}\"");
        }

        return fits;
    }

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.Number => "number",
            _ => "boolean",
        },
    };

    private void CheckObject(JsonObject map, JsonObject? old, StructuralSchema schema)
    {
        if (schema.Rules is { } rules)
        {
            if (rules.MinProperties > map.Count)
            {
                _errors.Invalid(Name, map, $"{Name} in body should have at least {rules.MinProperties} properties");
            }

            if (rules.MaxProperties < map.Count)
            {
                _errors.Invalid(Name, map, $"{Name} in body should have at most {rules.MaxProperties} properties");
            }

            foreach (var required in rules.Required)
            {
                if (!map.ContainsKey(required))
                {
                    _errors.Required(_path.Child(required));
                }
            }
        }

        foreach (var (name, value) in map)
        {
            if ((schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } below)
            {
                _path.Push(name);
                Check(value, old?[name], below);
                _path.Pop();
            }
        }
    }

    private void CheckList(JsonArray list, JsonArray? old, StructuralSchema schema)
    {
        if (schema.Rules?.MinItems > list.Count)
        {
            _errors.Invalid(Name, list.Count, $"{Name} in body should have at least {schema.Rules.MinItems} items");
        }

        if (schema.Rules?.MaxItems < list.Count)
        {
            _errors.TooMany(Name, list.Count, (int)schema.Rules.MaxItems);
        }

        CheckUniqueness(list, schema);
        if (schema.Items is not { } items)
        {
            return;
        }

        var previous = Correlate(old, schema);
        for (var index = 0; index < list.Count; index++)
        {
            _path.Push(index);
            Check(list[index], previous?.GetValueOrDefault(KeyOf(list[index], schema)), items);
            _path.Pop();
        }
    }

    // Items of a list can be compared with their former selves only where the schema says what tells them apart.
    private static Dictionary<string, JsonNode?>? Correlate(JsonArray? old, StructuralSchema schema)
    {
        if (old is null || schema.ListType != Schema.SchemaListType.Map)
        {
            return null;
        }

        var known = new Dictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var item in old)
        {
            known[KeyOf(item, schema)] = item;
        }

        return known;
    }

    private static string KeyOf(JsonNode? item, StructuralSchema schema) => schema.ListType == Schema.SchemaListType.Map && item is JsonObject map
        ? string.Join(',', schema.ListMapKeys.Select(key => map[key]?.ToJsonString() ?? ""))
        : item?.ToJsonString() ?? "null";

    private void CheckUniqueness(JsonArray list, StructuralSchema schema)
    {
        if (schema.ListType is not (Schema.SchemaListType.Set or Schema.SchemaListType.Map))
        {
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < list.Count; index++)
        {
            if (!seen.Add(KeyOf(list[index], schema)))
            {
                _path.Push(index);
                _errors.Duplicate(Name, schema.ListType == Schema.SchemaListType.Map && list[index] is JsonObject map ? KeysOf(map, schema) : Shown(list[index]));
                _path.Pop();
            }
        }
    }

    private static JsonObject KeysOf(JsonObject item, StructuralSchema schema)
    {
        var keys = new JsonObject();
        foreach (var key in schema.ListMapKeys)
        {
            keys[key] = item[key]?.DeepClone();
        }

        return keys;
    }

    // Text is shown in quotes by the collector, so a string must not come as JSON.
    private static object? Shown(JsonNode? value) => JsonRead.Text(value) ?? (object?)value;

    private void CheckResource(JsonNode? value, JsonNode? old, StructuralSchema schema, bool isRoot)
    {
        if (value is JsonArray list && schema.Items is { } items)
        {
            for (var index = 0; index < list.Count; index++)
            {
                _path.Push(index);
                CheckResource(list[index], null, items, isRoot: false);
                _path.Pop();
            }

            return;
        }

        if (value is not JsonObject map || (old is not null && JsonNode.DeepEquals(value, old)))
        {
            return;
        }

        if (schema.IsEmbeddedResource && !isRoot)
        {
            foreach (var name in (ReadOnlySpan<string>)["apiVersion", "kind"])
            {
                if (map.Text(name) is not { Length: > 0 })
                {
                    _errors.Required(_path.Child(name), "must not be empty");
                }
            }
        }

        foreach (var (name, below) in map)
        {
            if (below is JsonObject or JsonArray && (schema.Properties.GetValueOrDefault(name) ?? schema.AdditionalProperties) is { } property)
            {
                _path.Push(name);
                CheckResource(below, (old as JsonObject)?[name], property, isRoot: false);
                _path.Pop();
            }
        }
    }
}
