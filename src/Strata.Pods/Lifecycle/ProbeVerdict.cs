namespace Strata.Pods.Lifecycle;

/// <summary>What probes say about one container run; null means nothing yet.</summary>
/// <param name="Startup">True once the startup probe passed; false when it failed for good.</param>
/// <param name="Liveness">False when the container must be restarted.</param>
/// <param name="Readiness">Whether it may take traffic.</param>
public sealed record ProbeVerdict(bool? Startup = null, bool? Liveness = null, bool? Readiness = null);
