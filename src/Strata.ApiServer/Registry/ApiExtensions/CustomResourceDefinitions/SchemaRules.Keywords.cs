using System.Text.Json.Nodes;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Which keywords a schema may use, and with what values.</summary>
internal sealed partial class SchemaRules
{
    private static readonly string[] Unsupported = ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"];

    /// <param name="noDefaults">Where defaults may not be set, why; null elsewhere.</param>
    private void CheckKeywords(JsonObject schema, string path, bool isRoot, string? noDefaults, bool isInMetadata)
    {
        CheckForbidden(schema, path, noDefaults, isInMetadata);
        CheckAdditional(schema, path, noDefaults, isInMetadata);
        foreach (var (name, property) in Properties(schema))
        {
            var isMeta = (isRoot || schema.IsTrue("x-kubernetes-embedded-resource")) && name is "metadata" or "kind" or "apiVersion";
            CheckKeywords(
                property, $"{path}.properties[{name}]", isRoot: false, isRoot && isMeta ? $"in top-level {name}" : noDefaults, isInMetadata || isMeta);
        }

        if (schema.Object("not") is { } not)
        {
            CheckKeywords(not, $"{path}.not", isRoot: false, noDefaults, isInMetadata);
        }

        foreach (var name in (ReadOnlySpan<string>)["allOf", "oneOf", "anyOf"])
        {
            foreach (var (item, index) in schema.Objects(name))
            {
                CheckKeywords(item, $"{path}.{name}[{index}]", isRoot: false, noDefaults, isInMetadata);
            }
        }

        if (schema["items"] is JsonObject items)
        {
            CheckKeywords(items, $"{path}.items", isRoot: false, noDefaults, isInMetadata);
        }

        CheckMapType(schema, path);
        CheckListType(schema, path);
    }

    private void CheckForbidden(JsonObject schema, string path, string? noDefaults, bool isInMetadata)
    {
        var type = schema.TextOrEmpty("type");
        if (type.Length > 0 && !Types.Contains(type))
        {
            _errors.NotSupported($"{path}.type", type, Types);
        }

        if (type == "null")
        {
            _errors.Forbidden($"{path}.type", "type cannot be set to null, use nullable as an alternative");
        }

        if (schema["default"] is not null && noDefaults is not null)
        {
            _errors.Forbidden($"{path}.default", $"must not be set {noDefaults}");
        }

        foreach (var name in Unsupported)
        {
            if (schema[name] is not null and not JsonObject { Count: 0 } && (name is not ("id" or "$ref") || schema.Text(name) is not null))
            {
                _errors.Forbidden($"{path}.{name}", $"{name} is not supported");
            }
        }

        if (schema["items"] is JsonArray)
        {
            _errors.Forbidden($"{path}.items", "items must be a schema object and not an array");
        }

        if (schema.IsTrue("uniqueItems"))
        {
            _errors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        }

        if (isInMetadata && schema.IsTrue("x-kubernetes-embedded-resource"))
        {
            _errors.Forbidden($"{path}.x-kubernetes-embedded-resource", "must not be used inside of resource meta");
        }

        if (schema.Flag("x-kubernetes-preserve-unknown-fields") == false)
        {
            _errors.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", false, "must be true or undefined");
        }

        // Accepting rules that nobody enforces would let through what the author meant to refuse.
        if (schema.Count("x-kubernetes-validations") > 0)
        {
            _errors.Forbidden($"{path}.x-kubernetes-validations", "validation rules in CEL are not supported by this server");
        }
    }

    private void CheckAdditional(JsonObject schema, string path, string? noDefaults, bool isInMetadata)
    {
        if (schema["additionalProperties"] is not { } additional)
        {
            return;
        }

        if (schema.Count("properties") > 0 && (additional is JsonObject || schema.Flag("additionalProperties") == false))
        {
            _errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        }

        if (additional is JsonObject values)
        {
            CheckKeywords(
                values, $"{path}.additionalProperties", isRoot: false, isInMetadata ? "inside additionalProperties applying to object metadata" : noDefaults, isInMetadata);
        }
    }

    private void CheckMapType(JsonObject schema, string path)
    {
        if (schema.Text("x-kubernetes-map-type") is not { } mapType)
        {
            return;
        }

        RequireType(schema, "object", "must be object if x-kubernetes-map-type is specified", path);
        if (mapType is not ("atomic" or "granular"))
        {
            _errors.NotSupported($"{path}.x-kubernetes-map-type", mapType, "atomic", "granular");
        }
    }

    private void CheckListType(JsonObject schema, string path)
    {
        var keys = schema.Texts("x-kubernetes-list-map-keys").Select(static entry => entry.Item).ToList();
        if (schema.Text("x-kubernetes-list-type") is not { } listType)
        {
            if (keys.Count > 0)
            {
                _errors.Required($"{path}.x-kubernetes-list-type", "must be map if x-kubernetes-list-map-keys is non-empty");
            }

            return;
        }

        var items = schema["items"] as JsonObject;
        if (RequireType(schema, "array", "must be array if x-kubernetes-list-type is specified", path) && listType == "set")
        {
            CheckSetItems(items, path);
        }

        if (listType is not ("atomic" or "set" or "map"))
        {
            _errors.NotSupported($"{path}.x-kubernetes-list-type", listType, "atomic", "set", "map");
        }

        if (listType is "set" or "map" && items.IsTrue("nullable"))
        {
            _errors.Forbidden($"{path}.items.nullable", $"cannot be nullable when x-kubernetes-list-type is {listType}");
        }

        if (listType == "map")
        {
            CheckMapItems(items, keys, path);
        }
        else if (keys.Count > 0)
        {
            _errors.Invalid($"{path}.x-kubernetes-list-type", listType, "must be map if x-kubernetes-list-map-keys is non-empty");
        }
    }

    private bool RequireType(JsonObject schema, string wanted, string problem, string path)
    {
        var type = schema.TextOrEmpty("type");
        if (type.Length == 0)
        {
            _errors.Required($"{path}.type", problem);
        }
        else if (type != wanted)
        {
            _errors.Invalid($"{path}.type", type, problem);
        }

        return type == wanted;
    }

    private void CheckSetItems(JsonObject? items, string path)
    {
        const string Problem = "must be atomic as item of a list with x-kubernetes-list-type=set";
        switch (items.TextOrEmpty("type"))
        {
            case "array" when items.Text("x-kubernetes-list-type") is { } inner and not "atomic":
                _errors.Invalid($"{path}.items.x-kubernetes-list-type", inner, Problem);
                break;
            case "object" when items.Text("x-kubernetes-map-type") != "atomic":
                _errors.Invalid($"{path}.items.x-kubernetes-map-type", items.Text("x-kubernetes-map-type"), Problem);
                break;
        }
    }

    private void CheckMapItems(JsonObject? items, List<string> keys, string path)
    {
        if (keys.Count == 0)
        {
            _errors.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        }

        if (items is null)
        {
            _errors.Required($"{path}.items", "must have a schema if x-kubernetes-list-type is map");
            return;
        }

        if (items.TextOrEmpty("type") != "object")
        {
            _errors.Invalid($"{path}.items.type", items.TextOrEmpty("type"), "must be object if parent array's x-kubernetes-list-type is map");
            return;
        }

        var shown = new JsonArray([.. keys.Select(static key => (JsonNode?)JsonValue.Create(key))]);
        foreach (var key in keys)
        {
            CheckMapKey(items, key, shown, path);
        }

        if (keys.Distinct(StringComparer.Ordinal).Count() != keys.Count)
        {
            _errors.Invalid($"{path}.x-kubernetes-list-map-keys", shown, "must not contain duplicate entries");
        }
    }

    private void CheckMapKey(JsonObject items, string key, JsonArray shown, string path)
    {
        if (items.Object("properties").Object(key) is not { } property)
        {
            _errors.Invalid($"{path}.x-kubernetes-list-map-keys", shown, "entries must all be names of item properties");
            return;
        }

        var at = $"{path}.items.properties[{key}]";
        if (property.TextOrEmpty("type") is "array" or "object")
        {
            _errors.Invalid($"{at}.type", property.TextOrEmpty("type"), "must be a scalar type if parent array's x-kubernetes-list-type is map");
        }

        if (property["default"] is null && !items.Texts("required").Any(entry => entry.Item == key))
        {
            _errors.Required($"{at}.default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }

        if (property.IsTrue("nullable"))
        {
            _errors.Forbidden($"{at}.nullable", "this property is in x-kubernetes-list-map-keys, so it cannot be nullable");
        }
    }

    // A default must be what the schema itself would accept.
    private void CheckDefaults(JsonObject schema, string path)
    {
        if (schema["default"] is { } fallback)
        {
            var node = StructuralReader.Read(schema);
            var wrapped = new JsonObject { ["value"] = fallback.DeepClone() };
            if (Pruner.UnknownFields(wrapped, StructuralReader.Read(new JsonObject { ["properties"] = new JsonObject { ["value"] = schema.DeepClone() } })) is [var unknown, ..])
            {
                _errors.Invalid($"{path}.default", fallback, $"must not have fields that the schema does not specify: {unknown["value.".Length..]}");
            }

            Defaulter.Default(wrapped, StructuralReader.Read(new JsonObject { ["properties"] = new JsonObject { ["value"] = schema.DeepClone() } }));
            StructuralValidator.ValidateValue(wrapped["value"], node, $"{path}.default", _errors);
        }

        foreach (var (name, property) in Properties(schema))
        {
            CheckDefaults(property, $"{path}.properties[{name}]");
        }

        foreach (var name in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (schema[name] is JsonObject below)
            {
                CheckDefaults(below, $"{path}.{name}");
            }
        }
    }
}
