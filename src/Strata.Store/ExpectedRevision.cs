namespace Strata.Store;

/// <summary>Values of an expected revision that are not a mod revision.</summary>
public static class ExpectedRevision
{
    /// <summary>The key must not exist.</summary>
    public const long Absent = 0;

    /// <summary>Whatever is there: an unconditional write.</summary>
    public const long Any = -1;
}
