namespace Strata.Pods.Runtime;

/// <summary>What the runtime says about itself.</summary>
/// <param name="Name">For example <c>containerd</c>.</param>
/// <param name="Version">For example <c>1.6.20</c>.</param>
/// <param name="NotReadyReason">Why pods cannot start now (runtime or network); null when they can.</param>
/// <param name="CgroupDriver"><c>cgroupfs</c> or <c>systemd</c>; empty when the runtime does not tell.</param>
public sealed record RuntimeInfo(string Name, string Version, string? NotReadyReason, string CgroupDriver = "");
