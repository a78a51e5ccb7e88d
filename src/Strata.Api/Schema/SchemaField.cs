namespace Strata.Api.Schema;

/// <summary>One member of a <see cref="SchemaType"/>. Immutable and thread-safe.</summary>
public sealed class SchemaField
{
    private readonly SchemaTable _table;
    private SchemaType? _objectType;

    internal SchemaField(SchemaTable table, int number, string jsonName, string typeName, SchemaPresence presence)
    {
        _table = table;
        Number = number;
        JsonName = jsonName;
        Presence = presence;
        var element = typeName;
        if (element.StartsWith("repeated ", StringComparison.Ordinal))
        {
            IsList = true;
            element = element["repeated ".Length..];
        }
        else if (element.StartsWith("map<string,", StringComparison.Ordinal))
        {
            IsMap = true;
            element = element["map<string,".Length..^1];
        }

        TypeName = element;
        (Kind, var isStringList) = SchemaTypeNames.Classify(element);
        IsStringList = isStringList;
        IsList |= isStringList;
    }

    /// <summary>Name in JSON.</summary>
    public string JsonName { get; }

    /// <summary>Kind of one value: of an item when <see cref="IsList"/>, of a map's value when <see cref="IsMap"/>.</summary>
    public SchemaFieldKind Kind { get; }

    public bool IsList { get; }

    /// <summary>A JSON object with free keys. When <see cref="IsList"/> is set as well, each value is a list (user extras).</summary>
    public bool IsMap { get; }

    /// <summary>The type of one value; null unless <see cref="Kind"/> is <see cref="SchemaFieldKind.Object"/>.</summary>
    public SchemaType? ObjectType => Kind == SchemaFieldKind.Object ? _objectType ??= _table.Type(TypeName) : null;

    /// <summary>The type of an object where JSON also allows a list or a flag (<c>items</c> and <c>additionalProperties</c> of a schema); null for all other fields.</summary>
    internal SchemaType? SchemaUnion => TypeName.StartsWith("apiextensions.v1.JSONSchemaPropsOr", StringComparison.Ordinal) ? _table.Type("apiextensions.v1.JSONSchemaProps") : null;

    public SchemaPatchStrategy PatchStrategy { get; internal init; }

    /// <summary>Member that tells list items apart in a strategic merge patch; null for scalars and for lists that are replaced.</summary>
    public string? MergeKey { get; internal init; }

    public SchemaListType ListType { get; internal init; }

    /// <summary>Members that together tell list items apart in server-side apply; empty unless <see cref="ListType"/> is Map.</summary>
    public IReadOnlyList<string> ListMapKeys { get; internal init; } = [];

    /// <summary>The map type of this field or of the object it holds.</summary>
    public SchemaMapType MapType
    {
        get => field != SchemaMapType.None || IsMap || IsList ? field : ObjectType?.MapType ?? SchemaMapType.None;
        internal init;
    }

    public SchemaPresence Presence { get; }

    /// <summary>Field number in protobuf.</summary>
    internal int Number { get; }

    /// <summary>Schema name of one value, for example <c>int32</c> or <c>core.v1.Container</c>.</summary>
    internal string TypeName { get; }

    /// <summary>A message in protobuf that is a plain string array in JSON (ExtraValue, Verbs).</summary>
    internal bool IsStringList { get; }

    /// <summary>A sub-message in protobuf whose members belong to the parent in JSON.</summary>
    internal bool IsInline => JsonName == "(inline)";

    /// <summary>The message of an inline or union field, which <see cref="ObjectType"/> hides.</summary>
    internal SchemaType? WireType => _objectType ??= _table.Type(TypeName);

    public override string ToString() => $"{JsonName}: {(IsMap ? "map of " : "")}{(IsList ? "list of " : "")}{TypeName}";

    /// <summary>The same field with facts about merging added.</summary>
    internal SchemaField With(MergeFacts facts) => new(_table, Number, JsonName, RawTypeName(), Presence)
    {
        PatchStrategy = facts.PatchStrategy,
        MergeKey = facts.MergeKey,
        ListType = facts.ListType,
        ListMapKeys = facts.ListMapKeys,
        MapType = facts.MapType,
    };

    private string RawTypeName() => IsMap ? $"map<string,{TypeName}>" : IsList && !IsStringList ? $"repeated {TypeName}" : TypeName;
}
