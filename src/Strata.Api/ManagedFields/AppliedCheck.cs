using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>Finds what makes an applied tree unusable (structured-merge-diff: typed/validate.go): undeclared fields, wrong shapes, list items that cannot be told apart.</summary>
public static class AppliedCheck
{
    /// <returns>One text per problem, with the path in front.</returns>
    public static IReadOnlyList<string> Problems(JsonObject applied, MergeSchema schema)
    {
        var problems = new List<string>();
        Check(applied, schema, "", problems);
        return problems;
    }

    private static void Check(JsonNode? value, MergeSchema schema, string path, List<string> problems)
    {
        switch (value)
        {
            case null:
                break;
            case JsonObject map when schema.Expected is null or "map":
                CheckMap(map, schema, path, problems);
                break;
            case JsonArray list when schema.Expected is null or "list":
                CheckList(list, schema, path, problems);
                break;
            case { } when schema.Expected is { } expected:
                problems.Add($"{path}: expected {expected}, got {Describe(value)}");
                break;
        }
    }

    private static void CheckMap(JsonObject map, MergeSchema schema, string path, List<string> problems)
    {
        foreach (var (name, value) in map)
        {
            var inner = schema.Member(name, out var field);
            if (field is null && schema.Element is null)
            {
                problems.Add($"{path}.{name}: field not declared in schema");
            }
            else
            {
                Check(value, inner, $"{path}.{name}", problems);
            }
        }
    }

    private static void CheckList(JsonArray list, MergeSchema schema, string path, List<string> problems)
    {
        var isAssociative = schema.ShapeOf(list) is MergeShape.Set or MergeShape.KeyedList;
        var seen = new HashSet<PathElement>();
        for (var index = 0; index < list.Count; index++)
        {
            var step = PathElement.Index(index);
            if (isAssociative)
            {
                if (ListItems.TryElement(schema, list[index]) is not { } identity)
                {
                    problems.Add($"{path}: element {index}: {(schema.Keys.Count == 0 ? "a set holds scalars only" : "associative list with keys has an element that omits key field "
                        + string.Join(" or ", schema.Keys.Select(static key => $"\"{key.Name}\"")))}");
                    continue;
                }

                step = identity;
                if (!seen.Add(step))
                {
                    problems.Add($"{path}: duplicate entries for key {step}");
                    continue;
                }
            }

            Check(list[index], schema.Element ?? DeducedSchema.Instance, path + step, problems);
        }
    }

    private static string Describe(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "map",
        JsonValueKind.Array => "list",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        _ => "boolean",
    };
}
