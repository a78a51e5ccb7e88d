using Strata.Api.Models;

namespace Strata.ContainerInstances.Tests;

/// <summary>Statuses as a host writes them.</summary>
internal static class PodStates
{
    public static Pod Running(Pod pod, DateTimeOffset at, string address = "10.1.0.1") => pod with
    {
        Spec = pod.Spec with { NodeName = "host-1" },
        Status = new PodStatus
        {
            Phase = "Running",
            PodIP = address,
            StartTime = KubeTime.Truncate(at),
            Conditions = [new PodCondition { Type = "PodScheduled", Status = "True" }, new PodCondition { Type = "Ready", Status = "True" }],
            ContainerStatuses = [.. pod.Spec.Containers.Select(c => new ContainerStatus
            {
                Name = c.Name, Image = c.Image, Ready = true, State = new ContainerState { Running = new ContainerStateRunning { StartedAt = KubeTime.Truncate(at) } },
            })],
        },
    };

    /// <summary>All containers ended with one exit code.</summary>
    public static PodStatus Ended(Pod pod, int exitCode, DateTimeOffset at) => pod.Status with
    {
        Phase = exitCode == 0 ? "Succeeded" : "Failed",
        ContainerStatuses = [.. pod.Status.ContainerStatuses.Select(s => s with
        {
            Ready = false,
            State = new ContainerState
            {
                Terminated = s.State.Terminated ?? new ContainerStateTerminated
                {
                    ExitCode = exitCode, Reason = exitCode == 0 ? "Completed" : "Error", StartedAt = s.State.Running?.StartedAt, FinishedAt = KubeTime.Truncate(at),
                },
            },
        })],
    };

    public static PodStatus Waiting(Pod pod, string reason, string message = "") => new()
    {
        Phase = "Pending",
        StartTime = pod.Metadata.CreationTimestamp,
        ContainerStatuses = [.. pod.Spec.Containers.Select(c => new ContainerStatus
        {
            Name = c.Name, Image = c.Image, State = new ContainerState { Waiting = new ContainerStateWaiting { Reason = reason, Message = message } },
        })],
    };

    public static PodStatus Unschedulable() => new()
    {
        Phase = "Pending",
        Conditions = [new PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/1 nodes are available: 1 Insufficient cpu." }],
    };
}
