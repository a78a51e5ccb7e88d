using Strata.Api.Models;
using Strata.Pods.Lifecycle;
using Strata.Pods.Runtime;

namespace Strata.Pods.Status;

/// <summary>Statuses of the containers of one list of the spec, in its order. Source: kubelet_pods.go convertToAPIContainerStatuses (behaviour).</summary>
internal static class ContainerStatuses
{
    private const int KilledExitCode = 137;

    public static IReadOnlyList<ContainerStatus> For(PodView view, IReadOnlyList<Container> containers, IReadOnlyList<ContainerStatus> old, PodFacts facts)
    {
        var statuses = new ContainerStatus[containers.Count];
        for (var index = 0; index < containers.Count; index++)
        {
            var container = containers[index];
            statuses[index] = One(view, container, old.FirstOrDefault(status => status.Name == container.Name), facts);
        }

        return statuses;
    }

    private static ContainerStatus One(PodView view, Container container, ContainerStatus? old, PodFacts facts)
    {
        var newest = view.Newest(container.Name);
        if (newest is null)
        {
            return Absent(view, container, old);
        }

        var state = State(newest, facts);
        var last = Previous(view, newest, facts) ?? (old?.ContainerID == Id(newest, facts) || old is null ? old?.LastState : null) ?? ContainerState.Empty;
        if (newest.Phase == ContainerPhase.Created && view.Faults.GetValueOrDefault(container.Name) is { } stillborn)
        {
            state = Waiting(stillborn.Reason, stillborn.Message);
        }

        if (state.Terminated is not null && view.Faults.GetValueOrDefault(container.Name) is { } fault && WillRestart(view, container, newest))
        {
            last = state;
            state = Waiting(fault.Reason, fault.Message);
        }

        var isStarted = view.IsStarted(container, newest);
        var isPlainInit = PodContainers.IsInit(view.Pod.Spec, container.Name) && !PodContainers.IsSidecar(container);
        return new ContainerStatus
        {
            Name = container.Name,
            State = state,
            LastState = last,
            Ready = isPlainInit ? newest is { Phase: ContainerPhase.Exited, ExitCode: 0 } : view.IsReady(container, newest),
            Started = isPlainInit ? newest.Phase == ContainerPhase.Running : isStarted,
            RestartCount = newest.Attempt,
            Image = newest.Image.Length > 0 ? newest.Image : container.Image,
            ImageID = newest.ImageId,
            ContainerID = Id(newest, facts),
            AllocatedResources = newest.Phase == ContainerPhase.Running ? container.Resources.Requests : old?.AllocatedResources ?? ContainerStatus.Empty.AllocatedResources,
            Resources = newest.Phase == ContainerPhase.Running ? container.Resources : old?.Resources,
            VolumeMounts = [.. container.VolumeMounts.Select(Mount)],
        };
    }

    // Nothing is known to the runtime: not started yet, or removed behind the agent's back.
    private static ContainerStatus Absent(PodView view, Container container, ContainerStatus? old)
    {
        var fault = view.Faults.GetValueOrDefault(container.Name);
        var isFirst = old is null or { ContainerID: "" };
        if (!isFirst && old!.State.Terminated is not null && (view.Pod.IsDeleting() || !RestartDecision.ShouldRestart(view.Pod.Spec, container, old.State.Terminated.ExitCode)))
        {
            return old with { Ready = old.Ready && PodContainers.IsInit(view.Pod.Spec, container.Name), Started = false };
        }

        var state = fault is not null ? Waiting(fault.Reason, fault.Message) : Waiting(InitialReason(view, container), "");
        var lost = isFirst ? null : old!.State.Terminated ?? (old.State.Running is { } running ? Lost(running, old.ContainerID) : null);
        if (view.Pod.IsDeleting() && lost is not null)
        {
            state = new ContainerState { Terminated = lost };
        }

        return new ContainerStatus
        {
            Name = container.Name,
            State = state,
            LastState = lost is not null && state.Terminated is null ? new ContainerState { Terminated = lost } : old?.LastState ?? ContainerState.Empty,
            RestartCount = old?.RestartCount ?? 0,
            Image = container.Image,
            ImageID = old?.ImageID ?? "",
            ContainerID = old?.ContainerID ?? "",
            Started = false,
            VolumeMounts = [.. container.VolumeMounts.Select(Mount)],
        };
    }

    private static ContainerStateTerminated Lost(ContainerStateRunning running, string containerId) => new()
    {
        ExitCode = KilledExitCode,
        Reason = "ContainerStatusUnknown",
        Message = "The container could not be located when the pod was terminated",
        StartedAt = running.StartedAt,
        ContainerID = containerId,
    };

    private static string InitialReason(PodView view, Container container) =>
        view.Pod.Spec.InitContainers.Count > 0 && !PodContainers.IsInit(view.Pod.Spec, container.Name) ? "PodInitializing"
        : view.Pod.Spec.InitContainers.Count > 0 && view.Pod.Spec.InitContainers[0].Name != container.Name ? "PodInitializing"
        : "ContainerCreating";

    private static ContainerState State(ContainerRecord record, PodFacts facts) => record.Phase switch
    {
        ContainerPhase.Running => new ContainerState { Running = new ContainerStateRunning { StartedAt = Truncate(record.StartedAt) } },
        ContainerPhase.Created => Waiting("ContainerCreating", ""),
        ContainerPhase.Exited => new ContainerState { Terminated = Terminated(record, facts) },
        _ => new ContainerState { Terminated = Terminated(record, facts) with { ExitCode = KilledExitCode, Reason = "ContainerStatusUnknown" } },
    };

    private static ContainerState? Previous(PodView view, ContainerRecord newest, PodFacts facts) =>
        view.Containers.Where(record => record.Name == newest.Name && record.Id != newest.Id && record.Phase == ContainerPhase.Exited).MaxBy(record => (record.Attempt, record.CreatedAt)) is { } previous
            ? new ContainerState { Terminated = Terminated(previous, facts) }
            : null;

    private static ContainerStateTerminated Terminated(ContainerRecord record, PodFacts facts) => new()
    {
        ExitCode = record.ExitCode,
        Reason = record.Reason.Length > 0 ? record.Reason : record.ExitCode == 0 ? "Completed" : "Error",
        Message = record.Message,
        StartedAt = Truncate(record.StartedAt),
        FinishedAt = Truncate(record.FinishedAt),
        ContainerID = Id(record, facts),
    };

    private static bool WillRestart(PodView view, Container container, ContainerRecord record) =>
        !view.Pod.IsDeleting() && view.End is null && RestartDecision.ShouldRestart(view.Pod.Spec, container, record.ExitCode);

    private static ContainerState Waiting(string reason, string message) => new() { Waiting = new ContainerStateWaiting { Reason = reason, Message = message } };

    private static string Id(ContainerRecord record, PodFacts facts) => $"{facts.ContainerIdScheme}://{record.Id}";

    private static VolumeMountStatus Mount(VolumeMount mount) => new()
    {
        Name = mount.Name,
        MountPath = mount.MountPath,
        ReadOnly = mount.ReadOnly,
        RecursiveReadOnly = mount.ReadOnly ? "Disabled" : null,
    };

    private static DateTimeOffset? Truncate(DateTimeOffset? time) => time is { } value ? KubeTime.Truncate(value) : null;
}
