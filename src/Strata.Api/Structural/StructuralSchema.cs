using System.Collections.Frozen;
using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.Structural;

/// <summary>One node of a custom resource's schema, compiled once and used for every object: what it prunes, fills in and refuses
/// (apiextensions-apiserver: pkg/apiserver/schema/structural.go). Immutable and thread-safe.</summary>
/// <remarks>Nodes below <c>allOf</c>, <c>anyOf</c>, <c>oneOf</c> and <c>not</c> are of the same class; they have rules only and no structure of their own.</remarks>
public sealed class StructuralSchema
{
    /// <summary>A schema that says nothing: every field is unknown.</summary>
    public static readonly StructuralSchema Empty = new();

    internal StructuralSchema()
    {
    }

    /// <summary><c>object</c>, <c>array</c>, <c>string</c>, <c>integer</c>, <c>number</c> or <c>boolean</c>; empty when the value may be of several types.</summary>
    public string Type { get; internal init; } = "";

    public string Format { get; internal init; } = "";

    /// <summary>Whether null is a value of its own instead of another way to say absent.</summary>
    public bool IsNullable { get; internal init; }

    /// <summary>What an absent value becomes; null when it stays absent. Nobody may change it: take a copy.</summary>
    public JsonNode? Default { get; internal init; }

    public IReadOnlyDictionary<string, StructuralSchema> Properties { get; internal init; } = FrozenDictionary<string, StructuralSchema>.Empty;

    /// <summary>Schema of all values of a map; null when the value is no map.</summary>
    public StructuralSchema? AdditionalProperties { get; internal init; }

    public StructuralSchema? Items { get; internal init; }

    /// <summary><c>x-kubernetes-preserve-unknown-fields</c>.</summary>
    public bool PreservesUnknownFields { get; internal init; }

    /// <summary><c>x-kubernetes-embedded-resource</c>: an object of some kind, with metadata of its own.</summary>
    public bool IsEmbeddedResource { get; internal init; }

    /// <summary><c>x-kubernetes-int-or-string</c>.</summary>
    public bool IsIntOrString { get; internal init; }

    public SchemaListType ListType { get; internal init; }

    /// <summary>Members that together tell the items of a list apart; empty unless <see cref="ListType"/> is Map.</summary>
    public IReadOnlyList<string> ListMapKeys { get; internal init; } = [];

    public SchemaMapType MapType { get; internal init; }

    /// <summary>Limits on the value; null when there are none.</summary>
    internal ValueRules? Rules { get; init; }

    /// <summary>Whether anything here or below has a default, so that objects need not be searched in vain.</summary>
    internal bool HasDefaults { get; init; }
}
