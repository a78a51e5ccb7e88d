using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Lifecycle;

/// <summary>What to do next for one pod. Pure decision of <see cref="PodPlanner"/>.</summary>
public sealed record PodPlan
{
    /// <summary>Stop everything: the pod has come to its end.</summary>
    public bool StopPod { get; init; }

    /// <summary>Make a sandbox (the number is its attempt); null when there is one or none is needed.</summary>
    public int? NewSandboxAttempt { get; init; }

    /// <summary>Containers to stop, with the reason that the event gives.</summary>
    public IReadOnlyList<ContainerToStop> Stop { get; init; } = [];

    /// <summary>Containers to start now, in this order.</summary>
    public IReadOnlyList<ContainerToStart> Start { get; init; } = [];

    /// <summary>Containers that wait out their crash backoff.</summary>
    public IReadOnlyList<ContainerToWait> Waiting { get; init; } = [];
}

/// <param name="Attempt">Restart count it starts with.</param>
/// <param name="After">The run that ended before; null for a first start.</param>
public sealed record ContainerToStart(Container Spec, int Attempt, ContainerRecord? After);

/// <param name="Message">Why, for the event Killing.</param>
/// <param name="GraceSeconds">Grace period of the probe that failed; null for the pod's.</param>
public sealed record ContainerToStop(ContainerRecord Record, string Message, long? GraceSeconds);

/// <param name="Delay">The whole backoff.</param>
/// <param name="Remaining">What is left of it.</param>
public sealed record ContainerToWait(Container Spec, TimeSpan Delay, TimeSpan Remaining);
