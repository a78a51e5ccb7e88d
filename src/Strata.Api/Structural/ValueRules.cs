using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Strata.Api.Structural;

/// <summary>Limits on one value (JSON Schema validation keywords, as far as OpenAPI 3.0 has them). Immutable.</summary>
internal sealed record ValueRules
{
    public double? Maximum { get; init; }

    public bool ExclusiveMaximum { get; init; }

    public double? Minimum { get; init; }

    public bool ExclusiveMinimum { get; init; }

    public double? MultipleOf { get; init; }

    /// <summary>In code points, as all lengths.</summary>
    public long? MaxLength { get; init; }

    public long? MinLength { get; init; }

    /// <summary>As written in the schema.</summary>
    public string PatternText { get; init; } = "";

    public Regex? Pattern { get; init; }

    public long? MaxItems { get; init; }

    public long? MinItems { get; init; }

    public long? MaxProperties { get; init; }

    public long? MinProperties { get; init; }

    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>The only values allowed; null when all are.</summary>
    public IReadOnlyList<JsonNode?>? Enum { get; init; }

    public IReadOnlyList<StructuralSchema> AllOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> AnyOf { get; init; } = [];

    public IReadOnlyList<StructuralSchema> OneOf { get; init; } = [];

    public StructuralSchema? Not { get; init; }
}
