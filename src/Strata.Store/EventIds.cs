namespace Strata.Store;

/// <summary>Log event ids of this project: 2000 to 2999. Ids are never reused. Next free: 2012.</summary>
internal static class EventIds
{
    public const int Opened = 2000;
    public const int CommitFailed = 2001;
    public const int Compacted = 2002;
    public const int SlowCommit = 2003;
    public const int CompactionFailed = 2004;
    public const int NotRecovered = 2005;
    public const int FeedBroken = 2006;
    public const int FeedSkipped = 2007;
    public const int MovedOn = 2008;
    public const int WriteResolved = 2009;
    public const int NotChecked = 2010;
    public const int LogTooLarge = 2011;
}
