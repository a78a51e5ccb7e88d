namespace Strata.Api.Schema;

/// <summary>When Kubernetes writes a field, which follows from the Go field's type and its <c>omitempty</c>.</summary>
public enum SchemaPresence : byte
{
    /// <summary>Always, also at its zero value.</summary>
    Always,

    /// <summary>Not when it is "", 0 or false. Objects are written all the same.</summary>
    OmitDefault,

    /// <summary>A pointer: exactly when it was set, also to zero.</summary>
    WhenSet,

    /// <summary>Not when empty.</summary>
    List,

    /// <summary>Not when empty.</summary>
    Map,
}
