namespace Strata.Client;

/// <summary>One event of a watch stream.</summary>
/// <param name="Type">What happened.</param>
/// <param name="Object">The object after the change; for <see cref="WatchEventType.Deleted"/> its last contents; for a bookmark only metadata.</param>
public readonly record struct ApiWatchFrame(WatchEventType Type, ApiObject Object);
