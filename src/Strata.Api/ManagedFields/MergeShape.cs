namespace Strata.Api.ManagedFields;

/// <summary>How a value merges and is owned.</summary>
public enum MergeShape : byte
{
    /// <summary>As a whole: a scalar, or an atomic list or map.</summary>
    Leaf,

    /// <summary>Each member on its own.</summary>
    Map,

    /// <summary>A list of unique scalars, each owned on its own.</summary>
    Set,

    /// <summary>A list of objects told apart by keys, each merged on its own.</summary>
    KeyedList,
}
