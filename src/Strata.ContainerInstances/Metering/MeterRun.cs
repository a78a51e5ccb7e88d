namespace Strata.ContainerInstances.Metering;

/// <summary>One uninterrupted run of a group's pod as the meter counts it. Stored when it starts and when it ends.</summary>
/// <remarks>The key is the pod's name, which is never used twice, so that a run seen again after a crash is the same run.</remarks>
internal sealed record MeterRun
{
    public required string Pod { get; init; }

    public required string GroupUid { get; init; }

    public required string SubscriptionId { get; init; }

    /// <summary>ARM id of the group.</summary>
    public required string ResourceId { get; init; }

    public required DateTimeOffset Start { get; init; }

    /// <summary>Null while it runs.</summary>
    public DateTimeOffset? End { get; init; }

    /// <summary>The run was seen alive then. Where a run's real end cannot be learnt any more, it counts up to here.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    public required double Cpu { get; init; }

    public required double MemoryInGB { get; init; }
}
