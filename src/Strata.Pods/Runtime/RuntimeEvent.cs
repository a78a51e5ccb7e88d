namespace Strata.Pods.Runtime;

/// <summary>Something happened to the container or sandbox with this id.</summary>
public readonly record struct RuntimeEvent(string Id, RuntimeEventKind Kind);
