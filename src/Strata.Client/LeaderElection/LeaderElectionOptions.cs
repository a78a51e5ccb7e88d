namespace Strata.Client.LeaderElection;

/// <summary>What is competed for, by whom, and how patiently. The times are upstream's (component-base: <c>config/v1alpha1/defaults.go</c>).</summary>
public sealed record LeaderElectionOptions
{
    /// <summary>Namespace of the Lease. Default <c>kube-system</c>.</summary>
    public string Namespace { get; init; } = "kube-system";

    /// <summary>Name of the Lease, one for each kind of work.</summary>
    public required string Name { get; init; }

    /// <summary>Who this candidate is. No two that run at the same time may have the same one; a candidate that comes back under its old one need not wait for its
    /// own lease to run out.</summary>
    public required string Identity { get; init; }

    /// <summary>How long others wait after the last sign of life that they saw, in whole seconds. Default 15 s.</summary>
    public TimeSpan LeaseDuration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after its last successful renewal a leader stops leading. Shorter than <see cref="LeaseDuration"/>; the difference is the time that the work has
    /// to end before anyone else begins. Default 10 s.</summary>
    public TimeSpan RenewDeadline { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a leader renews and, with jitter, the others look. Default 2 s.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);
}
