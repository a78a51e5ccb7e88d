namespace Strata.Api.Schema;

/// <summary>A JSON object type of the Kubernetes API, with the members of inlined Go structs flattened into it. Immutable and thread-safe.</summary>
public sealed class SchemaType
{
    private readonly Dictionary<string, SchemaField> _fields;
    private SchemaField?[]? _byNumber;

    internal SchemaType(string name, IReadOnlyList<SchemaField> wireFields, Dictionary<string, SchemaField> fields, SchemaMapType mapType, bool hasTypeMeta)
    {
        Name = name;
        ShortName = name[(name.LastIndexOf('.') + 1)..];
        WireFields = wireFields;
        _fields = fields;
        MapType = mapType;
        HasTypeMeta = hasTypeMeta;
    }

    /// <summary>Package and name, for example <c>core.v1.Pod</c>.</summary>
    public string Name { get; }

    /// <summary>The name without its package, for example <c>Pod</c>.</summary>
    public string ShortName { get; }

    /// <summary>Every member, in the order of the schema; includes <c>apiVersion</c> and <c>kind</c> where the type has them.</summary>
    public IReadOnlyCollection<SchemaField> Fields => _fields.Values;

    /// <summary>Whether server-side apply replaces the object as a whole.</summary>
    public SchemaMapType MapType { get; }

    /// <summary>Whether the type carries its own <c>apiVersion</c> and <c>kind</c> (it can be the root of a document).</summary>
    public bool HasTypeMeta { get; }

    /// <summary>The members as protobuf has them: inlined structs are fields of their own.</summary>
    internal IReadOnlyList<SchemaField> WireFields { get; }

    /// <summary>The member of that name; null when the type has none. Names are case-sensitive.</summary>
    public SchemaField? Field(string jsonName) => _fields.GetValueOrDefault(jsonName);

    public override string ToString() => Name;

    internal SchemaField? WireField(int number)
    {
        var table = _byNumber ??= IndexByNumber();
        return (uint)number < (uint)table.Length ? table[number] : null;
    }

    private SchemaField?[] IndexByNumber()
    {
        var table = new SchemaField?[WireFields.Count == 0 ? 0 : WireFields.Max(field => field.Number) + 1];
        foreach (var field in WireFields)
        {
            table[field.Number] = field;
        }

        return table;
    }
}
