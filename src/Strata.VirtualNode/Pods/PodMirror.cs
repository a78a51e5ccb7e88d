using Strata.Api.Models;
using Strata.Pods;
using Strata.Pods.Status;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>A pod's status from what the provider says. Pure. Conditions follow the node agent's own rules; a pod is ready only when all its containers are.</summary>
internal static class PodMirror
{
    public const string ProviderFailed = "ProviderFailed";
    private const int UnknownExitCode = 137;

    /// <param name="hostAddress">Address of the virtual node: the only host that the cluster can know of.</param>
    public static PodStatus Compute(Pod pod, ProviderPod provided, string hostAddress, DateTimeOffset now)
    {
        var (old, seen) = (pod.Status, provided.Status);
        var phase = pod.IsTerminal() ? old.Phase : seen.Phase.Length == 0 ? "Pending" : seen.Phase;
        var status = Basis(pod, hostAddress, now) with
        {
            Phase = phase,
            Reason = provided.Failure is null ? seen.Reason : ProviderFailed,
            Message = provided.Failure?.Message ?? seen.Message,
            PodIP = seen.PodIP.Length > 0 ? seen.PodIP : old.PodIP,
            PodIPs = seen.PodIPs.Count > 0 ? seen.PodIPs : old.PodIPs,
            StartTime = old.StartTime ?? Truncate(seen.StartTime ?? now),
            ContainerStatuses = Complete(pod.Spec, pod.Spec.Containers, seen.ContainerStatuses),
            InitContainerStatuses = Complete(pod.Spec, pod.Spec.InitContainers, seen.InitContainerStatuses),
        };
        return WithConditions(pod, status, provided.Failure?.Message, now);
    }

    /// <summary>The provider did not take the pod on.</summary>
    /// <param name="isFinal">Whether it will not be tried again.</param>
    public static PodStatus NotStarted(Pod pod, string reason, string message, bool isFinal, string hostAddress, DateTimeOffset now)
    {
        var status = Basis(pod, hostAddress, now) with
        {
            Phase = isFinal ? "Failed" : "Pending",
            Reason = reason,
            Message = message,
            ContainerStatuses = Complete(pod.Spec, pod.Spec.Containers, []),
            InitContainerStatuses = Complete(pod.Spec, pod.Spec.InitContainers, []),
        };
        return WithConditions(pod, status, message, now);
    }

    /// <summary>Deletion has begun: no traffic from now on, whatever probes say.</summary>
    /// <param name="provided">What is still there; null when that is not known.</param>
    public static PodStatus Terminating(Pod pod, ProviderPod? provided, string hostAddress, DateTimeOffset now)
    {
        var status = provided is null ? pod.Status : Compute(pod, provided, hostAddress, now);
        return WithConditions(pod, status with { ContainerStatuses = [.. status.ContainerStatuses.Select(container => container with { Ready = false })] }, null, now);
    }

    /// <summary>Nothing of the pod is left at the provider.</summary>
    /// <param name="reason">Why the pod failed; null when it was asked to end.</param>
    public static PodStatus Ended(Pod pod, string? reason, string message, DateTimeOffset now)
    {
        var containers = pod.Status.ContainerStatuses.Select(status => Ended(status, now)).ToArray();
        var hasRun = containers.Any(status => status.State.Terminated is not null);
        var failed = reason is not null || containers.Any(status => status.State.Terminated is { ExitCode: not 0 });
        var status = pod.Status with
        {
            ObservedGeneration = pod.Metadata.Generation,
            Phase = pod.IsTerminal() ? pod.Status.Phase : failed ? "Failed" : hasRun ? "Succeeded" : pod.Status.Phase,
            Reason = reason ?? pod.Status.Reason,
            Message = reason is null ? pod.Status.Message : message,
            ContainerStatuses = containers,
        };
        return WithConditions(pod, status, null, now);
    }

    /// <summary>Whether some container has ever been started: such a pod must not be started a second time.</summary>
    public static bool HasRun(Pod pod) => pod.Status.Phase == "Running"
        || pod.Status.ContainerStatuses.Concat(pod.Status.InitContainerStatuses).Any(status => status.State.Running is not null || status.State.Terminated is not null || status.LastState.Terminated is not null);

    private static PodStatus Basis(Pod pod, string hostAddress, DateTimeOffset now) => pod.Status with
    {
        ObservedGeneration = pod.Metadata.Generation,
        HostIP = hostAddress,
        HostIPs = [new HostIP { Ip = hostAddress }],
        StartTime = pod.Status.StartTime ?? Truncate(now),
    };

    private static PodStatus WithConditions(Pod pod, PodStatus status, string? failure, DateTimeOffset now)
    {
        var conditions = PodConditions.For(pod, status, hasNetwork: status.PodIP.Length > 0 && status.Phase is "Pending" or "Running", now);
        return status with
        {
            Conditions = failure is null ? conditions : [.. conditions.Select(condition => condition is { Type: "Ready", Status: "False" } ? condition with { Reason = ProviderFailed, Message = failure } : condition)],
        };
    }

    private static ContainerStatus[] Complete(PodSpec spec, IReadOnlyList<Container> containers, IReadOnlyList<ContainerStatus> seen) =>
    [
        .. containers.Select(container => seen.FirstOrDefault(status => status.Name == container.Name) is { } known
            ? known with { AllocatedResources = ContainerStatus.Empty.AllocatedResources, Resources = null } // Those are the group's, not what the pod asked for.
            : Absent(spec, container)),
    ];

    private static ContainerStatus Absent(PodSpec spec, Container container) => new()
    {
        Name = container.Name,
        Image = container.Image,
        Started = false,
        State = new ContainerState
        {
            Waiting = new ContainerStateWaiting { Reason = spec.InitContainers.Count > 0 && !PodContainers.IsInit(spec, container.Name) ? "PodInitializing" : "ContainerCreating" },
        },
    };

    private static ContainerStatus Ended(ContainerStatus status, DateTimeOffset now) => status.State.Running is not { } running
        ? status with { Ready = false }
        : status with
        {
            Ready = false,
            Started = false,
            State = new ContainerState
            {
                Terminated = new ContainerStateTerminated
                {
                    ExitCode = UnknownExitCode,
                    Reason = "ContainerStatusUnknown",
                    Message = "The container could not be located when the pod was terminated",
                    StartedAt = running.StartedAt,
                    FinishedAt = Truncate(now),
                    ContainerID = status.ContainerID,
                },
            },
        };

    private static DateTimeOffset Truncate(DateTimeOffset time) => KubeTime.Truncate(time);
}
