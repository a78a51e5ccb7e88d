using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Tests.CustomResources;

namespace Strata.ApiServer.Tests.Registry.ApiExtensions;

public sealed class CustomResourceDefinitionTests
{
    private static readonly CustomResourceDefinitionStrategy Strategy = new();

    [Fact]
    public void A_rich_definition_is_valid_and_defaulted()
    {
        var definition = Widgets.Definition();
        Assert.Empty(Rules.Create(Strategy, definition));
        Assert.Equal("widget", definition["spec"]!["names"]!["singular"]!.GetValue<string>());
        Assert.Equal("WidgetList", definition["spec"]!["names"]!["listKind"]!.GetValue<string>());
        Assert.Equal("None", definition["spec"]!["conversion"]!["strategy"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("metadata.name", "other.example.com", "metadata.name: Invalid value: \"other.example.com\": must be spec.names.plural+\".\"+spec.group")]
    [InlineData("spec.scope", "Everywhere", "spec.scope: Unsupported value: \"Everywhere\": supported values: \"Cluster\", \"Namespaced\"")]
    [InlineData("spec.names.listKind", "Thing", "spec.names.listKind: Invalid value: \"Thing\": kind and listKind may not be the same")]
    [InlineData("spec.preserveUnknownFields", true, "spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead")]
    [InlineData("spec.conversion.strategy", "Magic", "spec.conversion.strategy: Unsupported value: \"Magic\": supported values: \"None\", \"Webhook\"")]
    [InlineData("spec.versions.0.storage", false, "spec.versions: Invalid value: [{\"name\":\"v1\",\"served\":true,\"storage\":false}]: must have exactly one version marked as storage version")]
    [InlineData("spec.versions.0.deprecationWarning", "old", "spec.versions[0].deprecationWarning: Invalid value: \"old\": can only be set for deprecated versions")]
    [InlineData("spec.versions.0.schema", null, "spec.versions[0].schema.openAPIV3Schema: Required value: schemas are required")]
    public void One_mistake_is_told(string path, object? value, string problem)
    {
        var definition = Widgets.Small("things", "Thing");
        Set(definition, path, value is null ? null : JsonValue.Create(value));
        Assert.Equal([problem], Rules.Create(Strategy, definition));
    }

    [Theory]
    [InlineData("{properties: {}}", "type: Required value: must not be empty at the root")]
    [InlineData("{type: string}", "type: Invalid value: \"string\": must be object at the root")]
    [InlineData("{type: object, nullable: true}", "nullable: Forbidden: nullable cannot be true at the root")]
    [InlineData("{type: object, additionalProperties: {type: string}}", "additionalProperties: Forbidden: must not be used at the root")]
    [InlineData("{type: object, properties: {a: {}}}", "properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("{type: object, properties: {a: {type: array}}}", "properties[a].items: Required value: must be specified")]
    [InlineData("{type: object, properties: {a: {type: array, items: {}}}}", "properties[a].items.type: Required value: must not be empty for specified array items")]
    [InlineData("{type: object, properties: {a: {type: text}}}", "properties[a].type: Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [InlineData("{type: object, properties: {a: {type: array, uniqueItems: true, items: {type: string}}}}", "properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [InlineData("{type: object, properties: {a: {type: string, pattern: '('}}}", "properties[a].pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp")]
    [InlineData("{type: object, properties: {a: {type: object, properties: {b: {type: string}}, additionalProperties: {type: string}}}}", "properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("{type: object, properties: {a: {type: string, anyOf: [{type: string}]}}}", "properties[a].anyOf[0].type: Forbidden: must be empty to be structural")]
    [InlineData("{type: object, anyOf: [{properties: {a: {minimum: 1}}}]}", "properties[a]: Required value: because it is defined in spec.versions[0].schema.openAPIV3Schema.anyOf[0].properties[a]")]
    [InlineData("{type: object, properties: {a: {x-kubernetes-int-or-string: true, x-kubernetes-preserve-unknown-fields: true}}}", "properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true")]
    [InlineData("{type: object, properties: {metadata: {type: object, properties: {labels: {type: object}}}}}", "properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    [InlineData("{type: object, properties: {a: {type: object, x-kubernetes-embedded-resource: true}}}", "properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")]
    [InlineData("{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, items: {type: object, properties: {k: {type: string}}}}}}", "properties[a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [InlineData("{type: object, properties: {a: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: {k: {type: string}}}}}}", "properties[a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")]
    [InlineData("{type: object, properties: {a: {type: string, default: 1}}}", "properties[a].default: Invalid value: \"integer\": spec.versions[0].schema.openAPIV3Schema.properties[a].default in body must be of type string: \"integer\"")]
    [InlineData("{type: object, properties: {a: {type: object, default: {b: 1}}}}", "properties[a].default: Invalid value: {\"b\":1}: must not have fields that the schema does not specify: b")]
    [InlineData("{type: object, properties: {a: {type: string, x-kubernetes-validations: [{rule: 'self != \"\"'}]}}}", "properties[a].x-kubernetes-validations: Forbidden: validation rules in CEL are not supported by this server")]
    [InlineData("{type: object, properties: {a: {$ref: '#/x', type: string}}}", "properties[a].$ref: Forbidden: $ref is not supported")]
    public void A_schema_must_be_structural(string schema, string problem) => Assert.Equal(
        [$"spec.versions[0].schema.openAPIV3Schema.{problem}"], Rules.Create(Strategy, Widgets.Small("things", "Thing", schema: schema)));

    [Theory]
    [InlineData("additionalPrinterColumns", "[{name: A, type: text, jsonPath: .spec}]", "additionalPrinterColumns[0].type: Invalid value: \"text\": must be one of boolean,date,integer,number,string")]
    [InlineData("additionalPrinterColumns", "[{name: A, type: string, jsonPath: spec}]", "additionalPrinterColumns[0].JSONPath: Invalid value: \"spec\": must be a simple json path starting with .")]
    [InlineData("selectableFields", "[{jsonPath: .spec.missing}]", "selectableFields[0].jsonPath: Invalid value: \".spec.missing\": is an invalid path: does not refer to a valid field")]
    [InlineData("subresources", "{scale: {specReplicasPath: .status.a, statusReplicasPath: .status.b}}", "subresources.scale.specReplicasPath: Invalid value: \".status.a\": should be a json path under .spec")]
    public void A_version_must_be_consistent(string field, string yaml, string problem)
    {
        var definition = Widgets.Small("things", "Thing");
        definition["spec"]!["versions"]![0]![field] = Rules.Yaml($"{{v: {yaml}}}")["v"]!.DeepClone();
        Assert.Equal([$"spec.versions[0].{problem}"], Rules.Create(Strategy, definition));
    }

    [Fact]
    public void A_protected_group_needs_an_approval()
    {
        var definition = Widgets.Small("things", "Thing", "things.k8s.io");
        Assert.StartsWith("metadata.annotations[api-approved.kubernetes.io]: Required value", Assert.Single(Rules.Create(Strategy, definition)), StringComparison.Ordinal);
        definition["metadata"]!["annotations"] = new JsonObject { ["api-approved.kubernetes.io"] = "unapproved, a test" };
        Assert.Empty(Rules.Create(Strategy, definition));
    }

    [Fact]
    public void Names_and_group_cannot_change()
    {
        var old = Rules.Prepared(Strategy, Widgets.Definition());
        DefinitionConditions.Set(old, DefinitionConditions.Established, true, "r", "m", "2026-01-01T00:00:00Z");
        var target = old.Copy();
        target["spec"]!["scope"] = "Cluster";
        target["spec"]!["names"]!["kind"] = "Gadget";
        Assert.Equal(
            ["spec.scope: Invalid value: \"Cluster\": field is immutable", "spec.names.kind: Invalid value: \"Gadget\": field is immutable"], Rules.Update(Strategy, target, old));
    }

    private static void Set(JsonNode node, string path, JsonNode? value)
    {
        var parts = path.Split('.');
        foreach (var part in parts[..^1])
        {
            node = node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : node[part] ??= new JsonObject();
        }

        node[parts[^1]] = value;
    }
}
