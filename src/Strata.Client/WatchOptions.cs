namespace Strata.Client;

/// <summary>What to watch.</summary>
/// <param name="ResourceVersion">Changes after this version; null or <c>0</c> starts with ADDED events for everything there is.</param>
/// <param name="LabelSelector">Label selector text; null for all.</param>
/// <param name="FieldSelector">Field selector text; null for all.</param>
/// <param name="AllowBookmarks">Whether the server may send bookmarks.</param>
public sealed record WatchOptions(string? ResourceVersion = null, string? LabelSelector = null, string? FieldSelector = null, bool AllowBookmarks = true);
