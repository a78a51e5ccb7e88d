namespace Strata.Client;

/// <summary>Kinds of watch events; an ERROR event surfaces as an exception instead.</summary>
public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>No change; tells how far the watch has come. With the annotation <c>k8s.io/initial-events-end</c> it ends the initial list.</summary>
    Bookmark,
}
