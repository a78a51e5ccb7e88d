using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strata.Api.Json;
using Strata.Api.Schema;

namespace Strata.Api.Structural;

/// <summary>Compiles the schema in a CustomResourceDefinition. What is not valid there has been refused before, so anything odd reads as absent.</summary>
public static class StructuralReader
{
    private static readonly ValueRules NoRules = new();

    /// <param name="schema"><c>openAPIV3Schema</c>; null reads as <see cref="StructuralSchema.Empty"/>.</param>
    public static StructuralSchema Read(JsonObject? schema) => schema is null ? StructuralSchema.Empty : ReadNode(schema);

    /// <summary>Whether a pattern (RE2 syntax) can be used.</summary>
    /// <param name="problem">What is wrong with it; empty when nothing is.</param>
    public static bool IsPattern(string pattern, out string problem) => Re2Pattern.TryCompile(pattern, out _, out problem);

    private static StructuralSchema ReadNode(JsonObject source)
    {
        var properties = source.Object("properties")?.Where(static entry => entry.Value is JsonObject)
            .ToFrozenDictionary(static entry => entry.Key, static entry => ReadNode((JsonObject)entry.Value!), StringComparer.Ordinal);
        var items = source["items"] is JsonObject item ? ReadNode(item) : null;
        var (additional, allowsAny) = ReadAdditional(source["additionalProperties"]);
        var fallback = source["default"]?.DeepClone();
        return new StructuralSchema
        {
            Type = source.Text("type") ?? "",
            Format = source.Text("format") ?? "",
            IsNullable = source.Boolean("nullable") == true,
            Default = fallback,
            Properties = properties ?? FrozenDictionary<string, StructuralSchema>.Empty,
            AdditionalProperties = additional,
            Items = items,
            PreservesUnknownFields = allowsAny || source.Boolean("x-kubernetes-preserve-unknown-fields") == true,
            IsEmbeddedResource = source.Boolean("x-kubernetes-embedded-resource") == true,
            IsIntOrString = source.Boolean("x-kubernetes-int-or-string") == true,
            ListType = source.Text("x-kubernetes-list-type") switch
            {
                "atomic" => SchemaListType.Atomic,
                "set" => SchemaListType.Set,
                "map" => SchemaListType.Map,
                _ => SchemaListType.None,
            },
            ListMapKeys = Texts(source, "x-kubernetes-list-map-keys"),
            MapType = source.Text("x-kubernetes-map-type") switch
            {
                "atomic" => SchemaMapType.Atomic,
                "granular" => SchemaMapType.Granular,
                _ => SchemaMapType.None,
            },
            Rules = ReadRules(source),
            HasDefaults = fallback is not null || items?.HasDefaults == true || additional?.HasDefaults == true
                || properties?.Values.Any(static property => property.HasDefaults) == true,
        };
    }

    // true allows whatever there is, as preserving unknown fields does; false allows nothing, which is what an object without properties does anyway.
    private static (StructuralSchema? Schema, bool AllowsAny) ReadAdditional(JsonNode? source) =>
        source is JsonObject schema ? (ReadNode(schema), false) : (null, JsonRead.Boolean(source) == true);

    private static ValueRules? ReadRules(JsonObject source)
    {
        var pattern = source.Text("pattern") ?? "";
        var rules = new ValueRules
        {
            Maximum = Number(source, "maximum"),
            ExclusiveMaximum = source.Boolean("exclusiveMaximum") == true,
            Minimum = Number(source, "minimum"),
            ExclusiveMinimum = source.Boolean("exclusiveMinimum") == true,
            MultipleOf = Number(source, "multipleOf"),
            MaxLength = source.Int64("maxLength"),
            MinLength = source.Int64("minLength"),
            PatternText = pattern,
            Pattern = Compile(pattern),
            MaxItems = source.Int64("maxItems"),
            MinItems = source.Int64("minItems"),
            MaxProperties = source.Int64("maxProperties"),
            MinProperties = source.Int64("minProperties"),
            Required = Texts(source, "required"),
            Enum = source.Array("enum") is { Count: > 0 } values ? [.. values.Select(static value => value?.DeepClone())] : null,
            AllOf = Nodes(source, "allOf"),
            AnyOf = Nodes(source, "anyOf"),
            OneOf = Nodes(source, "oneOf"),
            Not = source.Object("not") is { } not ? ReadNode(not) : null,
        };
        return IsEmpty(rules) ? null : rules;
    }

    private static bool IsEmpty(ValueRules rules) => rules with { Required = NoRules.Required, AllOf = NoRules.AllOf, AnyOf = NoRules.AnyOf, OneOf = NoRules.OneOf } == NoRules
        && rules.Required.Count + rules.AllOf.Count + rules.AnyOf.Count + rules.OneOf.Count == 0;

    private static Regex? Compile(string pattern) => pattern.Length > 0 && Re2Pattern.TryCompile(pattern, out var compiled, out _) ? compiled : null;

    private static StructuralSchema[] Nodes(JsonObject source, string name) =>
        source.Array(name) is { } array ? [.. array.OfType<JsonObject>().Select(ReadNode)] : [];

    private static string[] Texts(JsonObject source, string name) =>
        source.Array(name) is { } array ? [.. array.Select(JsonRead.Text).OfType<string>()] : [];

    private static double? Number(JsonObject source, string name) =>
        source[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? JsonNumbers.AsDouble(value) : null;
}
