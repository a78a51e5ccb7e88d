using Strata.Api.Schema;

namespace Strata.Api.Patches;

/// <summary>What is known about the members of the object a merge stands on: a struct, a map with free keys, or nothing (raw JSON, members of a newer API).</summary>
internal readonly struct PatchSchema
{
    private readonly SchemaType? _type;
    private readonly SchemaType? _mapValueType;

    private PatchSchema(SchemaType? type, SchemaType? mapValueType)
    {
        _type = type;
        _mapValueType = mapValueType;
    }

    public static PatchSchema Of(SchemaType type) => new(type, null);

    public bool MergesLists(string member) => (Strategy(member) & SchemaPatchStrategy.Merge) != 0;

    public bool ReplacesObject(string member) => (Strategy(member) & SchemaPatchStrategy.Replace) != 0;

    public bool RetainsKeys(string member) => (Strategy(member) & SchemaPatchStrategy.RetainKeys) != 0;

    public string? MergeKey(string member) => _type?.Field(member)?.MergeKey;

    /// <summary>The schema of a member's value, or of its items.</summary>
    public PatchSchema Child(string member)
    {
        if (_mapValueType is not null)
        {
            return Of(_mapValueType);
        }

        var field = _type?.Field(member);
        return field?.ObjectType is not { } inner ? default : field.IsMap ? new PatchSchema(null, inner) : Of(inner);
    }

    private SchemaPatchStrategy Strategy(string member) => _type?.Field(member)?.PatchStrategy ?? SchemaPatchStrategy.None;
}
