using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>What server-side apply must know about the type of one value. Built-in kinds take it from the schema table (<see cref="TableSchema"/>), values without a schema
/// deduce it (<see cref="DeducedSchema"/>), custom resources may bring their own. Implementations are immutable and thread-safe.</summary>
public abstract class MergeSchema
{
    /// <param name="value">The value; only a schema that deduces looks at it. Null for an absent one.</param>
    public abstract MergeShape ShapeOf(JsonNode? value);

    /// <summary>What a value must be, in words: <c>map</c>, <c>list</c>, or null when scalars or anything is allowed.</summary>
    public virtual string? Expected => null;

    /// <summary>The declared field of that name; null when there is none.</summary>
    public virtual MergeField? Field(string name) => null;

    /// <summary>Schema of list items, and of map members that are not declared fields; null when undeclared members are refused.</summary>
    public virtual MergeSchema? Element => null;

    /// <summary>Keys of a <see cref="MergeShape.KeyedList"/>, sorted by name.</summary>
    public virtual IReadOnlyList<ListKey> Keys => [];

    /// <summary>Schema of a member, declared or not.</summary>
    internal MergeSchema Member(string name, out MergeField? field) => (field = Field(name))?.Schema ?? Element ?? DeducedSchema.Instance;
}
