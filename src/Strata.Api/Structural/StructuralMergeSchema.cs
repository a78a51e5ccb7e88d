using System.Text.Json.Nodes;
using Strata.Api.ManagedFields;
using Strata.Api.Schema;

namespace Strata.Api.Structural;

/// <summary>What server-side apply must know about a custom resource (apiextensions-apiserver: pkg/controller/openapi/builder, as structured-merge-diff reads it).</summary>
public sealed class StructuralMergeSchema : MergeSchema
{
    // Any built-in kind tells how metadata merges.
    private static readonly TableSchema BuiltIn = TableSchema.ForKind("v1", "ConfigMap")!;

    // A value of one piece.
    private static readonly StructuralMergeSchema Scalar = new(StructuralSchema.Empty, isResource: false);

    private readonly StructuralSchema _schema;
    private readonly Dictionary<string, MergeField> _fields = new(StringComparer.Ordinal);
    private readonly MergeShape _shape;

    private StructuralMergeSchema(StructuralSchema schema, bool isResource)
    {
        _schema = schema;
        foreach (var (name, property) in schema.Properties)
        {
            _fields[name] = new MergeField(name, new StructuralMergeSchema(property, property.IsEmbeddedResource));
        }

        foreach (var name in isResource ? (ReadOnlySpan<string>)["apiVersion", "kind", "metadata"] : [])
        {
            _fields[name] = BuiltIn.Field(name) ?? new MergeField(name, Scalar);
        }

        Element = schema.Items is { } items ? new StructuralMergeSchema(items, items.IsEmbeddedResource)
            : schema.AdditionalProperties is { } values ? new StructuralMergeSchema(values, values.IsEmbeddedResource)
            : schema.PreservesUnknownFields ? DeducedSchema.Instance
            : null;
        Keys = schema.ListType == SchemaListType.Map
            ? [.. schema.ListMapKeys.Order(StringComparer.Ordinal).Select(key => new ListKey(key, schema.Items?.Properties.GetValueOrDefault(key)?.Default))]
            : [];
        _shape = schema.Type switch
        {
            "object" => schema.MapType == SchemaMapType.Atomic ? MergeShape.Leaf : MergeShape.Map,
            "array" => schema.ListType switch
            {
                SchemaListType.Set => MergeShape.Set,
                SchemaListType.Map => MergeShape.KeyedList,
                _ => MergeShape.Leaf,
            },
            _ => MergeShape.Leaf,
        };
    }

    public override string? Expected => _schema.Type switch { "object" => "map", "array" => "list", _ => null };

    public override MergeSchema? Element { get; }

    public override IReadOnlyList<ListKey> Keys { get; }

    /// <summary>The schema of a kind.</summary>
    public static StructuralMergeSchema ForResource(StructuralSchema schema) => new(schema, isResource: true);

    public override MergeShape ShapeOf(JsonNode? value) =>
        _schema is { Type.Length: 0, PreservesUnknownFields: true } ? DeducedSchema.Instance.ShapeOf(value) : _shape;

    public override MergeField? Field(string name) => _fields.GetValueOrDefault(name);
}
