namespace Strata.Host.Clusters;

/// <summary>What there was to end.</summary>
/// <param name="WasRunning">A process ran the cluster and was stopped.</param>
/// <param name="Left">What a process that had ended without cleaning up left behind, now removed; see <see cref="Leftovers.Running"/>.</param>
internal sealed record ShutdownOutcome(bool WasRunning, IReadOnlyList<string> Left);
