namespace Strata.Api.Schema;

/// <summary>One row of merge-keys.tsv.</summary>
internal sealed record MergeFacts(
    SchemaPatchStrategy PatchStrategy, string? MergeKey, SchemaListType ListType, IReadOnlyList<string> ListMapKeys, SchemaMapType MapType)
{
    /// <summary>Reads the columns after type and field: strategy, merge key, list type, map keys, map type.</summary>
    public static MergeFacts Parse(ReadOnlySpan<string> columns)
    {
        var strategy = SchemaPatchStrategy.None;
        foreach (var flag in columns[0].Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            strategy |= flag switch
            {
                "merge" => SchemaPatchStrategy.Merge,
                "retainKeys" => SchemaPatchStrategy.RetainKeys,
                "replace" => SchemaPatchStrategy.Replace,
                _ => throw new InvalidOperationException($"merge-keys.tsv has the unknown patch strategy {flag}"),
            };
        }

        return new MergeFacts(
            strategy,
            columns[1].Length == 0 ? null : columns[1],
            columns[2] switch { "atomic" => SchemaListType.Atomic, "set" => SchemaListType.Set, "map" => SchemaListType.Map, _ => SchemaListType.None },
            columns[3].Split(',', StringSplitOptions.RemoveEmptyEntries),
            columns[4] switch { "atomic" => SchemaMapType.Atomic, "granular" => SchemaMapType.Granular, _ => SchemaMapType.None });
    }
}
