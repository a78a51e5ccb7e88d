namespace Strata.Store;

/// <summary>Log event ids of this project: 2000 to 2999. Ids are never reused. Next free: 2006.</summary>
internal static class EventIds
{
    public const int Opened = 2000;
    public const int CommitFailed = 2001;
    public const int Compacted = 2002;
    public const int SlowCommit = 2003;
    public const int CompactionFailed = 2004;
    public const int NotRecovered = 2005;
}
