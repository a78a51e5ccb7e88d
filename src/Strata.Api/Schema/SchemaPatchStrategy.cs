namespace Strata.Api.Schema;

/// <summary>How a strategic merge patch treats a field (Go struct tag <c>patchStrategy</c>). Without a flag, lists are replaced and objects are merged.</summary>
[Flags]
public enum SchemaPatchStrategy : byte
{
    None = 0,

    /// <summary>Lists are merged: objects by merge key, scalars as a set.</summary>
    Merge = 1,

    /// <summary>The patch may carry <c>$retainKeys</c>: members not listed there are cleared.</summary>
    RetainKeys = 2,

    /// <summary>Objects are replaced instead of merged.</summary>
    Replace = 4,
}
