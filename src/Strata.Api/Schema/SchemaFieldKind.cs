namespace Strata.Api.Schema;

/// <summary>What one value of a field looks like in JSON.</summary>
public enum SchemaFieldKind : byte
{
    String,
    Int32,
    Int64,
    Bool,
    Double,

    /// <summary>Base64 text.</summary>
    Bytes,

    /// <summary>RFC 3339 text, whole seconds.</summary>
    Time,

    /// <summary>RFC 3339 text, always six fractional digits when written.</summary>
    MicroTime,

    /// <summary>A quantity as text; a plain number is accepted when read.</summary>
    Quantity,
    IntOrString,

    /// <summary>Any JSON; the content is not interpreted.</summary>
    RawJson,

    /// <summary>Go duration text such as <c>1m30s</c>.</summary>
    Duration,

    /// <summary>An object described by <see cref="SchemaField.ObjectType"/>.</summary>
    Object,
}
