using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Strata.Api.Schema;

namespace Strata.Api.ManagedFields;

/// <summary>The schema of built-in kinds. Built from the schema table when first asked for, then kept.</summary>
public sealed class TableSchema : MergeSchema
{
    private static readonly ConcurrentDictionary<SchemaType, TableSchema> Types = new();
    private static readonly TableSchema Scalar = new(MergeShape.Leaf, null);

    // The table has no defaults; these are the only list keys that have one (OpenAPI: default "TCP").
    private static readonly ListKey Protocol = new("protocol", JsonValue.Create("TCP"));

    // Lists with keys that Go writes as null when there are none, so they never come or go as a whole.
    private static readonly HashSet<(string Type, string Field)> AlwaysWrittenLists = [("core.v1.PodSpec", "containers"), ("storage.v1.CSINodeSpec", "drivers")];

    private readonly MergeShape _shape;
    private readonly SchemaType? _type;
    private readonly ConcurrentDictionary<string, MergeField?> _fields = new(StringComparer.Ordinal);
    private readonly Func<MergeSchema>? _element;

    private TableSchema(MergeShape shape, string? expected, SchemaType? type = null, Func<MergeSchema>? element = null, IReadOnlyList<ListKey>? keys = null)
    {
        _shape = shape;
        _type = type;
        _element = element;
        Expected = expected;
        Keys = keys ?? [];
    }

    public override string? Expected { get; }

    public override MergeSchema? Element => field ??= _element?.Invoke();

    public override IReadOnlyList<ListKey> Keys { get; }

    /// <summary>The schema of a kind; null when the kind is not built in.</summary>
    public static TableSchema? ForKind(string apiVersion, string kind) => SchemaTable.Default.ForKind(apiVersion, kind) is { } type ? OfType(type) : null;

    public override MergeShape ShapeOf(JsonNode? value) => _shape;

    public override MergeField? Field(string name) =>
        _type is null ? null
        : _fields.TryGetValue(name, out var known) ? known
        : _type.Field(name) is { } field ? _fields.GetOrAdd(name, Describe(_type, field))
        : null;

    private static TableSchema OfType(SchemaType type) => Types.GetOrAdd(
        type, static type => new TableSchema(type.MapType == SchemaMapType.Atomic ? MergeShape.Leaf : MergeShape.Map, "map", type));

    private static MergeField Describe(SchemaType type, SchemaField field) => new(
        field.JsonName, SchemaOf(field),
        OmitsZero: field.Presence != SchemaPresence.WhenSet && (field.IsList || field.IsMap || field.Kind is not (SchemaFieldKind.Object or SchemaFieldKind.RawJson)),
        IsEmbedded: AlwaysWrittenLists.Contains((type.Name, field.JsonName)) || field is { IsList: false, IsMap: false, Kind: SchemaFieldKind.Object, Presence: not SchemaPresence.WhenSet });

    private static MergeSchema SchemaOf(SchemaField field)
    {
        if (field.IsMap)
        {
            return new TableSchema(field.MapType == SchemaMapType.Atomic ? MergeShape.Leaf : MergeShape.Map, "map", element: () => field.IsList ? AtomicList(field) : ValueOf(field));
        }

        if (!field.IsList)
        {
            return field.MapType == SchemaMapType.Atomic && field.Kind == SchemaFieldKind.Object ? new TableSchema(MergeShape.Leaf, "map", field.ObjectType) : ValueOf(field);
        }

        return field.ListType switch
        {
            SchemaListType.Set => new TableSchema(MergeShape.Set, "list", element: () => ValueOf(field)),
            SchemaListType.Map when field.ListMapKeys.Count > 0 => new TableSchema(
                MergeShape.KeyedList, "list", element: () => ValueOf(field),
                keys: [.. field.ListMapKeys.Order(StringComparer.Ordinal).Select(static key => key == Protocol.Name ? Protocol : new ListKey(key))]),
            _ => AtomicList(field),
        };
    }

    private static TableSchema AtomicList(SchemaField field) => new(MergeShape.Leaf, "list", element: () => ValueOf(field));

    private static MergeSchema ValueOf(SchemaField field) => field.Kind switch
    {
        SchemaFieldKind.Object when field.ObjectType is { } type => OfType(type),
        SchemaFieldKind.RawJson or SchemaFieldKind.Object => DeducedSchema.Instance,
        _ => Scalar,
    };
}
