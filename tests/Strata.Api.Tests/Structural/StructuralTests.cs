using System.Text;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Structural;

namespace Strata.Api.Tests.Structural;

public sealed class StructuralTests
{
    [Theory]
    [InlineData("{type: object, properties: {a: {type: string}}}", "{a: x, b: 1}", "{a: x}", "b")]
    [InlineData("{type: object, x-kubernetes-preserve-unknown-fields: true, properties: {a: {type: object, properties: {b: {type: string}}}}}", "{a: {b: x, c: 1}, d: 2}", "{a: {b: x}, d: 2}", "a.c")]
    [InlineData("{type: object, properties: {m: {type: object, additionalProperties: {type: object, properties: {a: {type: string}}}}}}", "{m: {k: {a: x, b: y}}}", "{m: {k: {a: x}}}", "m.k.b")]
    [InlineData("{type: object, properties: {l: {type: array, items: {type: object, properties: {a: {type: string}}}}}}", "{l: [{a: x}, {b: y}]}", "{l: [{a: x}, {}]}", "l[1].b")]
    [InlineData("{type: object, properties: {m: {type: object, additionalProperties: true}}}", "{m: {k: {a: x}}}", "{m: {k: {a: x}}}", "")]
    [InlineData("{type: object, properties: {t: {type: object, x-kubernetes-embedded-resource: true, properties: {spec: {type: object}}}}}", "{t: {apiVersion: v1, kind: Pod, metadata: {name: x, bad: 1}, spec: {a: 1}}}", "{t: {apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {}}}", "t.metadata.bad,t.spec.a")]
    [InlineData("{type: object}", "{apiVersion: v1, kind: X, metadata: {name: a, bad: 1}, spec: {}}", "{apiVersion: v1, kind: X, metadata: {name: a}}", "metadata.bad,spec")]
    public void Unknown_fields_are_found_and_pruned(string schema, string source, string pruned, string unknown)
    {
        var compiled = Schema(schema);
        var target = Yaml(source);
        Assert.Equal(unknown, string.Join(',', Pruner.UnknownFields(target, compiled)));
        Assert.Equal(unknown.Length > 0, Pruner.Prune(target, compiled));
        Assert.Equal(Yaml(pruned).ToJsonString(), target.ToJsonString());
        Assert.False(Pruner.Prune(target, compiled));
    }

    [Theory]
    [InlineData("{a: {type: string, default: x}}", "{}", "{a: x}")]
    [InlineData("{a: {type: string, default: x}}", "{a: y}", "{a: y}")]
    [InlineData("{a: {type: string, default: x}}", "{a: null}", "{a: x}")]
    [InlineData("{a: {type: string, default: x, nullable: true}}", "{a: null}", "{a: null}")]
    [InlineData("{a: {type: string}}", "{a: null}", "{}")]
    [InlineData("{a: {type: object, properties: {b: {type: integer, default: 1}}}}", "{}", "{}")]
    [InlineData("{a: {type: object, default: {}, properties: {b: {type: integer, default: 1}}}}", "{}", "{a: {b: 1}}")]
    [InlineData("{a: {type: array, items: {type: object, properties: {b: {type: integer, default: 1}}}}}", "{a: [{}, {b: 2}]}", "{a: [{b: 1}, {b: 2}]}")]
    [InlineData("{a: {type: object, additionalProperties: {type: string, default: x}}}", "{a: {k: null}}", "{a: {k: x}}")]
    public void Defaults_fill_what_is_absent(string properties, string source, string expected)
    {
        var schema = Schema($"{{type: object, properties: {properties}}}");
        var target = Yaml(source);
        Defaulter.Default(target, schema);
        Assert.Equal(Yaml(expected).ToJsonString(), target.ToJsonString());
        Assert.False(Defaulter.Default(target, schema));
    }

    [Theory]
    [InlineData("{type: string}", "1", "v: Invalid value: \"integer\": v in body must be of type string: \"integer\"")]
    [InlineData("{type: integer}", "1.5", "v: Invalid value: \"number\": v in body must be of type integer: \"number\"")]
    [InlineData("{type: integer}", "2.0", "")]
    [InlineData("{type: number}", "2", "")]
    [InlineData("{type: object}", "[]", "v: Invalid value: \"array\": v in body must be of type object: \"array\"")]
    [InlineData("{type: string, nullable: true}", "null", "")]
    [InlineData("{type: string}", "null", "v: Invalid value: \"null\": v in body must be of type string: \"null\"")]
    [InlineData("{x-kubernetes-int-or-string: true}", "80%", "")]
    [InlineData("{type: integer, minimum: 1, exclusiveMinimum: true}", "1", "v: Invalid value: 1: v in body should be greater than 1")]
    [InlineData("{type: number, multipleOf: 0.1}", "0.3", "")]
    [InlineData("{type: number, multipleOf: 0.1}", "0.35", "v: Invalid value: 0.35: v in body should be a multiple of 0.1")]
    [InlineData("{type: string, minLength: 2}", "😀", "v: Invalid value: \"😀\": v in body should be at least 2 chars long")]
    [InlineData("{type: string, maxLength: 1}", "😀", "")]
    [InlineData("{type: string, maxLength: 1}", "ab", "v: Too long: may not be more than 1 bytes")]
    [InlineData("{type: string, pattern: '^a+$'}", "\"aa\\n\"", "v: Invalid value: \"aa\n\": v in body should match '^a+$'")]
    [InlineData("{type: string, enum: [a, b]}", "c", "v: Unsupported value: \"c\": supported values: \"a\", \"b\"")]
    [InlineData("{type: array, minItems: 1, items: {type: string}}", "[]", "v: Invalid value: 0: v in body should have at least 1 items")]
    [InlineData("{type: array, maxItems: 1, items: {type: string}}", "[a, b]", "v: Too many: 2: must have at most 1 items")]
    [InlineData("{type: object, maxProperties: 1, additionalProperties: {type: string}}", "{a: x, b: z}", "v: Invalid value: {\"a\":\"x\",\"b\":\"z\"}: v in body should have at most 1 properties")]
    [InlineData("{type: object, required: [a]}", "{}", "v.a: Required value")]
    [InlineData("{type: string, format: date-time}", "x", "v: Invalid value: \"x\": v in body must be of type date-time: \"x\"")]
    [InlineData("{type: string, format: ipv4}", "10.0.0.1", "")]
    [InlineData("{type: string, format: made-up}", "x", "")]
    [InlineData("{type: integer, not: {minimum: 5}}", "6", "<nil>: Invalid value: \"\": \"v\" must not validate the schema (not)")]
    [InlineData("{type: integer, allOf: [{minimum: 5}, {maximum: 7}]}", "8", "v: Invalid value: 8: v in body should be less than or equal to 7")]
    [InlineData("{type: integer, oneOf: [{minimum: 5}, {maximum: 7}]}", "6", "<nil>: Invalid value: \"\": \"v\" must validate one and only one schema (oneOf). Found 2 valid alternatives")]
    [InlineData("{type: integer, anyOf: [{minimum: 5}, {maximum: 2}]}", "3", "<nil>: Invalid value: \"\": \"v\" must validate at least one schema (anyOf)|v: Invalid value: 3: v in body should be greater than or equal to 5")]
    [InlineData("{type: array, x-kubernetes-list-type: set, items: {type: integer}}", "[1, 2, 1]", "v[2]: Duplicate value: 1")]
    [InlineData("{type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [a, b], items: {type: object, properties: {a: {type: string}, b: {type: integer}}}}", "[{a: x, b: 1}, {a: x, b: 2}, {a: x, b: 1}]", "v[2]: Duplicate value: {\"a\":\"x\",\"b\":1}")]
    public void Values_are_held_against_the_schema(string schema, string value, string problems)
    {
        var errors = new FieldErrors();
        StructuralValidator.Validate(Yaml($"{{v: {value}}}"), null, Schema($"{{type: object, properties: {{v: {schema}}}}}"), errors);
        Assert.Equal(problems, string.Join('|', errors.Causes.Select(static cause => $"{cause.Field}: {cause.Message}")));
    }

    [Fact]
    public void What_was_wrong_before_an_update_is_not_told_again()
    {
        var schema = Schema("{type: object, properties: {a: {type: string, maxLength: 1}, l: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [k], items: {type: object, properties: {k: {type: string}, v: {type: string, maxLength: 1}}}}}}");
        var old = Yaml("{a: long, l: [{k: x, v: long}, {k: w, v: s}]}");
        Assert.Empty(Problems("{a: long, l: [{k: z, v: t}, {k: x, v: long}]}"));
        Assert.Equal(["a", "l[0].v"], Problems("{a: longer, l: [{k: x, v: longer}]}"));

        IEnumerable<string> Problems(string target)
        {
            var errors = new FieldErrors();
            StructuralValidator.Validate(Yaml(target), old, schema, errors);
            return errors.Causes.Select(static cause => cause.Field);
        }
    }

    [Theory]
    [InlineData(@"^\d+$", "12", true)]
    [InlineData(@"^\d+$", "١٢", false)]
    [InlineData(@"^\w+$", "é", false)]
    [InlineData(@"^[\w.-]+$", "a.b-c", true)]
    [InlineData(@"^[[:alpha:]_]+$", "ab_c", true)]
    [InlineData(@"^[[:alpha:]_]+$", "a1", false)]
    [InlineData(@"^[a-z-[b]+$", "[", true)]
    [InlineData(@"(?i)^abc$", "ABC", true)]
    [InlineData(@"(?P<x>a)b", "ab", true)]
    [InlineData(@"^\Qa.b\E$", "a.b", true)]
    [InlineData(@"^\Qa.b\E$", "axb", false)]
    [InlineData(@"^\pL+$", "éa", true)]
    [InlineData(@"^[^\s]+$", "a b", false)]
    [InlineData("^a$", "a\n", false)]
    [InlineData("(?m)^a$", "a\nb", true)]
    [InlineData(@"^\x41\x{42}$", "AB", true)]
    public void Patterns_mean_what_RE2_means(string pattern, string text, bool fits)
    {
        Assert.True(StructuralReader.IsPattern(pattern, out var problem), problem);
        var errors = new FieldErrors();
        var schema = StructuralReader.Read(new JsonObject { ["properties"] = new JsonObject { ["v"] = new JsonObject { ["type"] = "string", ["pattern"] = pattern } } });
        StructuralValidator.Validate(new JsonObject { ["v"] = text }, null, schema, errors);
        Assert.Equal(fits, !errors.Any);
    }

    [Theory]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)b")]
    [InlineData(@"(a)\1")]
    [InlineData("a(")]
    [InlineData("[a")]
    [InlineData("(?>a)")]
    [InlineData(@"a\")]
    public void Patterns_that_RE2_does_not_know_are_refused(string pattern)
    {
        Assert.False(StructuralReader.IsPattern(pattern, out var problem));
        Assert.NotEmpty(problem);
    }

    private static StructuralSchema Schema(string text) => StructuralReader.Read(Yaml(text));

    private static JsonObject Yaml(string text) => (JsonObject)YamlJson.Parse(Encoding.UTF8.GetBytes(text), null);
}
