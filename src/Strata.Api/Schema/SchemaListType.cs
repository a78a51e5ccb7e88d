namespace Strata.Api.Schema;

/// <summary>How server-side apply treats a list (<c>x-kubernetes-list-type</c>).</summary>
public enum SchemaListType : byte
{
    None,

    /// <summary>Replaced as a whole.</summary>
    Atomic,

    /// <summary>Unique scalars, merged.</summary>
    Set,

    /// <summary>Objects told apart by <see cref="SchemaField.ListMapKeys"/>.</summary>
    Map,
}
