using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>Values without a schema (structured-merge-diff: the type <c>__untyped_deduced_</c>): objects merge by member, lists and scalars are replaced.</summary>
public sealed class DeducedSchema : MergeSchema
{
    public static readonly DeducedSchema Instance = new();

    private DeducedSchema()
    {
    }

    public override MergeShape ShapeOf(JsonNode? value) => value is JsonObject ? MergeShape.Map : MergeShape.Leaf;

    public override MergeSchema Element => this;
}
