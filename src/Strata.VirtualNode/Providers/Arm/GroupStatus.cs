using System.Text.Json;
using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using ArmContainer = Strata.Arm.ContainerGroups.Container;
using ArmState = Strata.Arm.ContainerGroups.ContainerState;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Reads a pod's state from a container group. Pure.</summary>
internal static class GroupStatus
{
    private const int UnknownExitCode = 137;

    public static ProviderPod Read(ContainerGroup group, PodIdentity identity)
    {
        var properties = group.Properties ?? new ContainerGroupProperties();
        var state = properties.InstanceView?.State ?? "";
        var reported = Reported(group);
        var status = reported is not null && IsCurrent(reported, state) ? reported : FromViews(group, state);
        return new ProviderPod
        {
            Identity = identity,
            Status = status,
            TellsReadiness = ReferenceEquals(status, reported) || (properties.Containers ?? []).All(container => container.Properties?.InstanceView is null or { Ready: not null }),
            IsDeleting = Is(properties.ProvisioningState, ProvisioningStates.Deleting),
            Failure = FailureOf(group, state, reported),
            Events = EventsOf(properties),
        };
    }

    /// <summary>The pod status that our own service puts beside the extension; null elsewhere.</summary>
    private static PodStatus? Reported(ContainerGroup group) => PodExtension.Find(group)?.Properties?.Status is { } status
        ? ModelJson.Parse<PodStatus>(JsonSerializer.SerializeToUtf8Bytes(status, ArmJson.Default.JsonObject))
        : null;

    // When the pod behind the group is gone, the service goes on showing its last status; the group's own state then says otherwise.
    private static bool IsCurrent(PodStatus status, string state) => state switch
    {
        GroupStates.Running => status.Phase is "Running" or "Pending",
        GroupStates.Pending => status.Phase is "Pending" or "",
        GroupStates.Succeeded or GroupStates.Failed => status.Phase == state,
        _ => false,
    };

    private static PodStatus FromViews(ContainerGroup group, string state)
    {
        var properties = group.Properties!;
        var containers = (properties.Containers ?? []).Select(container => StatusOf(group, container, isInit: false)).ToArray();
        var address = properties.IpAddress?.Ip ?? "";
        return new PodStatus
        {
            Phase = PhaseOf(properties, state),
            Reason = state == GroupStates.Stopped ? "Stopped" : "",
            Message = state == GroupStates.Stopped ? "The container group was stopped." : "",
            PodIP = address,
            PodIPs = address.Length == 0 ? [] : [new PodIP { Ip = address }],
            StartTime = (properties.Containers ?? []).Select(container => container.Properties?.InstanceView?.CurrentState?.StartTime).Min(),
            ContainerStatuses = containers,
            InitContainerStatuses = [.. (properties.InitContainers ?? []).Select(container => StatusOf(group, container, isInit: true))],
        };
    }

    private static string PhaseOf(ContainerGroupProperties properties, string state) => state switch
    {
        GroupStates.Succeeded => "Succeeded",
        GroupStates.Failed or GroupStates.Stopped => "Failed",
        GroupStates.Running when !IsStarting(properties) => "Running",
        _ => "Pending",
    };

    private static bool IsStarting(ContainerGroupProperties properties) =>
        !ProvisioningStates.IsTerminal(properties.ProvisioningState) && (properties.Containers ?? []).Any(container => container.Properties?.InstanceView?.CurrentState?.State == ContainerStates.Waiting);

    private static ContainerStatus StatusOf(ContainerGroup group, ArmContainer container, bool isInit)
    {
        var view = container.Properties?.InstanceView;
        var state = StateOf(view?.CurrentState);
        return new ContainerStatus
        {
            Name = container.Name ?? "",
            Image = container.Properties?.Image ?? "",
            State = state,
            LastState = view?.PreviousState is { } previous ? StateOf(previous) : Api.Models.ContainerState.Empty,

            // ACI does not tell readiness; there a container that runs counts as ready.
            Ready = isInit ? state.Terminated is { ExitCode: 0 } : state.Running is not null && (view?.Ready ?? true),
            Started = state.Running is not null,
            RestartCount = view?.RestartCount ?? 0,
            ContainerID = state.Waiting is null ? $"aci://{group.Name}/{container.Name}" : "",
        };
    }

    private static Api.Models.ContainerState StateOf(ArmState? state) => state?.State switch
    {
        ContainerStates.Running => new() { Running = new ContainerStateRunning { StartedAt = state.StartTime } },
        ContainerStates.Terminated or "Succeeded" or "Failed" or "Canceled" => new() { Terminated = Terminated(state) },
        _ => new() { Waiting = new ContainerStateWaiting { Reason = state is { DetailStatus.Length: > 0 } ? state.DetailStatus : "ContainerCreating" } },
    };

    private static ContainerStateTerminated Terminated(ArmState state)
    {
        // A missing exit code is no proof of success (the azure-aci provider takes it for 0).
        var exitCode = state.ExitCode ?? (state.State == "Succeeded" || Is(state.DetailStatus, "Completed") ? 0 : UnknownExitCode);
        return new ContainerStateTerminated
        {
            ExitCode = exitCode,
            Reason = state.DetailStatus.Length > 0 ? state.DetailStatus : exitCode == 0 ? "Completed" : "Error",
            StartedAt = state.StartTime,
            FinishedAt = state.FinishTime,
        };
    }

    private static ProviderFailure? FailureOf(ContainerGroup group, string state, PodStatus? reported)
    {
        if (state is not (GroupStates.Pending or ""))
        {
            return null;
        }

        // The service's own words about hosts are not for those who do not see them.
        if (reported?.Condition("PodScheduled") is { Status: "False", Reason: "Unschedulable" })
        {
            return new ProviderFailure(FailureKind.Capacity, $"ServiceUnavailable: no capacity in the location '{group.Location}' at this moment; the service keeps trying.");
        }

        return Is(group.Properties?.ProvisioningState, ProvisioningStates.Failed)
            ? new ProviderFailure(FailureKind.Other, $"The container group '{group.Name}' could not be provisioned; the service keeps trying.")
            : null;
    }

    private static ProviderEvent[] EventsOf(ContainerGroupProperties properties) =>
    [
        .. (properties.InitContainers ?? []).Concat(properties.Containers ?? [])
            .SelectMany(container => (container.Properties?.InstanceView?.Events ?? []).Select(found => Event(container.Name, found)))
            .Concat((properties.InstanceView?.Events ?? []).Select(found => Event(null, found)))
            .OrderBy(found => found.LastTimestamp),
    ];

    private static ProviderEvent Event(string? container, ContainerEvent source) =>
        new(container, source.Type == "Warning" ? "Warning" : "Normal", source.Name, source.Message, source.Count, source.LastTimestamp);

    private static bool Is(string? left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
