namespace Strata.Store;

public enum PutStatus
{
    /// <summary>The value is written and durable.</summary>
    Committed,

    /// <summary>The key was not at the expected revision; nothing was written.</summary>
    Conflict,
}
