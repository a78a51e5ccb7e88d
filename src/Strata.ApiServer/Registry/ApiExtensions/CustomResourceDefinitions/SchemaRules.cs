using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Rules of the schema of a version. It must be structural: the types of all values are told outside of allOf, anyOf, oneOf and not
/// (apiextensions-apiserver: pkg/apiserver/schema/validation.go; KEP-1002).</summary>
internal sealed partial class SchemaRules
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    // As upstream lists them, by the names that its fields have in Go.
    private static readonly (string Field, string Shown)[] AllowedAtRoot =
    [
        ("description", "Description"), ("type", "Type"), ("format", "Format"), ("title", "Title"), ("maximum", "Maximum"), ("exclusiveMaximum", "ExclusiveMaximum"),
        ("minimum", "Minimum"), ("exclusiveMinimum", "ExclusiveMinimum"), ("maxLength", "MaxLength"), ("minLength", "MinLength"), ("pattern", "Pattern"),
        ("maxItems", "MaxItems"), ("minItems", "MinItems"), ("uniqueItems", "UniqueItems"), ("multipleOf", "MultipleOf"), ("required", "Required"), ("items", "Items"),
        ("properties", "Properties"), ("externalDocs", "ExternalDocs"), ("example", "Example"),
        ("x-kubernetes-preserve-unknown-fields", "XPreserveUnknownFields"), ("x-kubernetes-validations", "XValidations"),
    ];

    private readonly FieldErrors _errors;

    private SchemaRules(FieldErrors errors) => _errors = errors;

    private enum Level : byte
    {
        Root,
        Item,
        Field,
    }

    /// <param name="hasStatus">Whether the version has the subresource status; its root is then taken apart, so little may stand there.</param>
    public static void Validate(JsonObject schema, string path, bool hasStatus, FieldErrors errors)
    {
        var rules = new SchemaRules(errors);
        if (hasStatus)
        {
            rules.CheckRoot(schema, path);
        }

        if (schema.IsTrue("nullable"))
        {
            errors.Forbidden($"{path}.nullable", "nullable cannot be true at the root");
        }

        rules.CheckStructure(schema, Level.Root, path);
        rules.CheckCompleteness(schema, schema, path, path);
        rules.CheckKeywords(schema, path, isRoot: true, noDefaults: null, isInMetadata: false);
        if (!errors.Any)
        {
            rules.CheckDefaults(schema, path);
        }
    }

    private void CheckRoot(JsonObject schema, string path)
    {
        if (schema.TextOrEmpty("type") is { Length: > 0 } and not "object")
        {
            _errors.Invalid($"{path}.type", schema.TextOrEmpty("type"), "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled");
        }

        foreach (var (name, value) in schema)
        {
            if (value is not null && !AllowedAtRoot.Any(allowed => allowed.Field == name))
            {
                var all = string.Join(' ', AllowedAtRoot.Select(static allowed => allowed.Shown));
                _errors.Invalid(path, $"{name} is set", $"only [{all}] fields are allowed at the root of the schema if the status subresource is enabled");
                break;
            }
        }
    }

    private void CheckStructure(JsonObject schema, Level level, string path)
    {
        var type = schema.TextOrEmpty("type");
        if (type == "array" && schema["items"] is null)
        {
            _errors.Required($"{path}.items", "must be specified");
        }

        if (schema["items"] is JsonObject items)
        {
            CheckStructure(items, Level.Item, $"{path}.items");
        }

        foreach (var (name, property) in Properties(schema))
        {
            CheckStructure(property, Level.Field, $"{path}.properties[{name}]");
        }

        if (schema["additionalProperties"] is { } additional)
        {
            if (level == Level.Root)
            {
                _errors.Forbidden($"{path}.additionalProperties", "must not be used at the root");
            }

            if (additional is JsonObject values)
            {
                CheckStructure(values, Level.Field, $"{path}.additionalProperties");
            }
        }

        CheckExtensions(schema, path);
        CheckType(schema, type, level, path);
        CheckNested(schema, path, IsIntOrStringChoice(schema), schema.Objects("allOf").Select(static entry => entry.Item).FirstOrDefault() is { } first && IsIntOrStringChoice(first));
        CheckMetadata(schema, level, path);
    }

    private void CheckExtensions(JsonObject schema, string path)
    {
        if (!schema.IsTrue("x-kubernetes-int-or-string"))
        {
            return;
        }

        foreach (var name in (ReadOnlySpan<string>)["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"])
        {
            if (schema.IsTrue(name))
            {
                _errors.Invalid($"{path}.{name}", true, "must be false if x-kubernetes-int-or-string is true");
            }
        }
    }

    private void CheckType(JsonObject schema, string type, Level level, string path)
    {
        if (schema.IsTrue("x-kubernetes-embedded-resource"))
        {
            CheckEmbedded(schema, type, path);
        }
        else if (type.Length == 0 && !schema.IsTrue("x-kubernetes-int-or-string") && !schema.IsTrue("x-kubernetes-preserve-unknown-fields"))
        {
            _errors.Required($"{path}.type", level switch
            {
                Level.Root => "must not be empty at the root",
                Level.Item => "must not be empty for specified array items",
                _ => "must not be empty for specified object fields",
            });
        }

        if (level == Level.Root && type.Length > 0 && type != "object")
        {
            _errors.Invalid($"{path}.type", type, "must be object at the root");
        }
    }

    private void CheckEmbedded(JsonObject schema, string type, string path)
    {
        if (type.Length == 0)
        {
            _errors.Required($"{path}.type", "must be object if x-kubernetes-embedded-resource is true");
        }
        else if (type != "object")
        {
            _errors.Invalid($"{path}.type", type, "must be object if x-kubernetes-embedded-resource is true");
        }

        if (schema["additionalProperties"] is not null)
        {
            _errors.Forbidden($"{path}.additionalProperties", "must not be used if x-kubernetes-embedded-resource is set");
        }

        if (!schema.IsTrue("x-kubernetes-preserve-unknown-fields") && schema.Count("properties") == 0)
        {
            _errors.Required($"{path}.properties", "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields");
        }
    }

    private void CheckMetadata(JsonObject schema, Level level, string path)
    {
        var properties = schema.Object("properties");
        var isResource = level == Level.Root || schema.IsTrue("x-kubernetes-embedded-resource");
        foreach (var name in isResource ? (ReadOnlySpan<string>)["kind", "apiVersion"] : [])
        {
            if (properties.Object(name) is { } property && property.TextOrEmpty("type") != "string")
            {
                _errors.Invalid($"{path}.properties[{name}].type", property.TextOrEmpty("type"), "must be string");
            }
        }

        if (properties.Object("metadata") is not { } metadata)
        {
            return;
        }

        if (isResource && metadata.TextOrEmpty("type") != "object")
        {
            _errors.Invalid($"{path}.properties[metadata].type", metadata.TextOrEmpty("type"), "must be object");
        }

        var isNameOnly = metadata.All(static field => field.Key is "type" or "description" or "properties" || field.Value is null)
            && metadata.Object("properties")?.All(static field => field.Key is "name" or "generateName") != false;
        if (level == Level.Root && !isNameOnly)
        {
            _errors.Forbidden($"{path}.properties[metadata]", "must not specify anything other than name and generateName, but metadata is implicitly specified");
        }
    }

    // anyOf: [{type: integer}, {type: string}], the one place where a type may stand below a junctor.
    private static bool IsIntOrStringChoice(JsonObject schema) =>
        schema.Array("anyOf") is [JsonObject { Count: 1 } first, JsonObject { Count: 1 } second] && first.Text("type") == "integer" && second.Text("type") == "string";

    private void CheckNested(JsonObject schema, string path, bool skipAnyOf, bool skipFirstAllOf)
    {
        if (!skipAnyOf)
        {
            CheckNestedList(schema, "anyOf", path, skipFirst: false);
        }

        CheckNestedList(schema, "allOf", path, skipFirstAllOf);
        CheckNestedList(schema, "oneOf", path, skipFirst: false);
        if (schema.Object("not") is { } not)
        {
            CheckNestedSchema(not, $"{path}.not", skipAnyOf: false);
        }

        if (schema.Text("pattern") is { } pattern && !StructuralReader.IsPattern(pattern, out var problem))
        {
            _errors.Invalid($"{path}.pattern", pattern, $"must be a valid regular expression, but isn't: {problem}");
        }
    }

    private void CheckNestedList(JsonObject schema, string name, string path, bool skipFirst)
    {
        foreach (var (item, index) in schema.Objects(name))
        {
            CheckNestedSchema(item, $"{path}.{name}[{index}]", skipAnyOf: skipFirst && index == 0);
        }
    }

    private void CheckNestedSchema(JsonObject schema, string path, bool skipAnyOf)
    {
        CheckNested(schema, path, skipAnyOf, skipFirstAllOf: false);
        if (schema["items"] is JsonObject items)
        {
            CheckNestedSchema(items, $"{path}.items", skipAnyOf: false);
        }

        foreach (var (name, property) in Properties(schema))
        {
            CheckNestedSchema(property, $"{path}.properties[{name}]", skipAnyOf: false);
        }

        foreach (var (field, problem) in (ReadOnlySpan<(string, string)>)
        [
            ("type", "must be empty to be structural"), ("additionalProperties", "must be undefined to be structural"), ("default", "must be undefined to be structural"),
            ("title", "must be empty to be structural"), ("description", "must be empty to be structural"), ("externalDocs", "must be undefined to be structural"),
            ("x-kubernetes-list-map-keys", "must be empty to be structural"), ("x-kubernetes-list-type", "must be undefined to be structural"),
            ("x-kubernetes-map-type", "must be undefined to be structural"), ("x-kubernetes-validations", "must be empty to be structural"),
        ])
        {
            if (schema[field] is not null && !(schema[field] is JsonValue && schema.Text(field) is null && field is "type" or "title" or "description"))
            {
                _errors.Forbidden($"{path}.{field}", problem);
            }
        }

        foreach (var field in (ReadOnlySpan<string>)["nullable", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"])
        {
            if (schema.IsTrue(field))
            {
                _errors.Forbidden($"{path}.{field}", "must be false to be structural");
            }
        }

        if (schema.Object("properties")?["metadata"] is not null)
        {
            _errors.Forbidden($"{path}.properties[metadata]", "must not be specified in a nested context");
        }
    }

    // Every field that a junctor talks about must be specified outside of it.
    private void CheckCompleteness(JsonObject? structure, JsonObject rules, string path, string rulesPath)
    {
        foreach (var name in (ReadOnlySpan<string>)["allOf", "anyOf", "oneOf"])
        {
            foreach (var (item, index) in rules.Objects(name))
            {
                CheckMentioned(structure, item, path, $"{rulesPath}.{name}[{index}]");
            }
        }

        if (rules.Object("not") is { } not)
        {
            CheckMentioned(structure, not, path, $"{rulesPath}.not");
        }

        if (!ReferenceEquals(structure, rules))
        {
            return;
        }

        foreach (var (name, property) in Properties(rules))
        {
            CheckCompleteness(property, property, $"{path}.properties[{name}]", $"{path}.properties[{name}]");
        }

        foreach (var name in (ReadOnlySpan<string>)["items", "additionalProperties"])
        {
            if (rules[name] is JsonObject below)
            {
                CheckCompleteness(below, below, $"{path}.{name}", $"{path}.{name}");
            }
        }
    }

    private void CheckMentioned(JsonObject? structure, JsonObject rules, string path, string rulesPath)
    {
        foreach (var (name, property) in Properties(rules))
        {
            if (structure.Object("properties").Object(name) is { } known)
            {
                CheckMentioned(known, property, $"{path}.properties[{name}]", $"{rulesPath}.properties[{name}]");
            }
            else
            {
                _errors.Required($"{path}.properties[{name}]", $"because it is defined in {rulesPath}.properties[{name}]");
            }
        }

        if (rules["items"] is JsonObject items)
        {
            if (structure?["items"] is JsonObject known)
            {
                CheckMentioned(known, items, $"{path}.items", $"{rulesPath}.items");
            }
            else
            {
                _errors.Required($"{path}.items", $"because it is defined in {rulesPath}.items");
            }
        }

        CheckCompleteness(structure, rules, path, rulesPath);
    }

    private static IEnumerable<(string Name, JsonObject Schema)> Properties(JsonObject schema) =>
        schema.Object("properties")?.Where(static entry => entry.Value is JsonObject).Select(static entry => (entry.Key, (JsonObject)entry.Value!)) ?? [];
}
