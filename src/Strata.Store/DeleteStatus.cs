namespace Strata.Store;

public enum DeleteStatus
{
    /// <summary>The key is gone, durably.</summary>
    Deleted,

    /// <summary>There was no such key; nothing was written.</summary>
    NotFound,

    /// <summary>The key was not at the expected revision; nothing was written.</summary>
    Conflict,
}
