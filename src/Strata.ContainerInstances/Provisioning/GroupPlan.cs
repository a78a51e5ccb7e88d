using Strata.Api.Models;
using Strata.Arm;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Provisioning;

/// <summary>What to do for one group now: first store, then act on the core. Made by <see cref="GroupPlanner"/>.</summary>
internal sealed record GroupPlan
{
    /// <summary>The record to store; the same instance as before when nothing changed.</summary>
    public required GroupRecord Record { get; init; }

    /// <summary>Everything is gone: the record goes too.</summary>
    public bool Remove { get; init; }

    /// <summary>The operation in progress has ended, with <see cref="Error"/> if it failed.</summary>
    public bool EndsOperation { get; init; }

    public ArmError? Error { get; init; }

    /// <summary>Meter runs that began or ended.</summary>
    public IReadOnlyList<MeterRun> Runs { get; init; } = [];

    public IReadOnlyList<Pod> Delete { get; init; } = [];

    /// <summary>Pods of which nothing runs any more and whose run is stored: our finalizer can go.</summary>
    public IReadOnlyList<Pod> Release { get; init; } = [];

    public bool Create { get; init; }

    public bool WriteSecrets { get; init; }

    /// <summary>The plan rests on the current pod being absent, which the cache alone cannot prove.</summary>
    public bool NeedsProofOfAbsence { get; init; }

    public TimeSpan? RecheckAfter { get; init; }
}
