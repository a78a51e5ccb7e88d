namespace Strata.Controllers.GarbageCollection;

/// <summary>What an owner means for its dependent.</summary>
internal enum OwnerStanding
{
    /// <summary>Exists, and keeps the dependent.</summary>
    Solid,

    /// <summary>Is being deleted in the foreground and waits for the dependent to go.</summary>
    Waiting,

    /// <summary>Does not exist.</summary>
    Absent,

    /// <summary>The graph does not know it; the server has to be asked.</summary>
    Unknown,
}
