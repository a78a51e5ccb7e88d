using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Records;
using ArmState = Strata.Arm.ContainerGroups.ContainerState;
using KubeState = Strata.Api.Models.ContainerState;

namespace Strata.ContainerInstances.Status;

/// <summary>What a caller sees of a group: the stored resource without secrets, and, where asked for, what its pod is doing. Pure.</summary>
internal static class GroupView
{
    /// <param name="pod">The current pod; null when there is none (yet, or any more).</param>
    /// <param name="events">Events of the current pod.</param>
    public static ContainerGroup Build(GroupRecord record, Pod? pod, IReadOnlyList<GroupEvent> events, bool withInstanceView)
    {
        var group = record.Group.WithoutSecrets();
        var properties = group.Properties!;
        var shown = pod ?? record.LastPod;
        var allEvents = pod is null || events.Count == 0 ? record.Events : [.. record.Events.Where(e => e.Event.Name == "Rescheduled"), .. events];
        var isOver = pod is null && record.LastPod is not null;
        var view = new ViewContext(record, shown, allEvents, isOver);
        return group with
        {
            Properties = properties with
            {
                ProvisioningState = record.ProvisioningState == ProvisioningStates.Pending && pod is not null && PodProgress.IsScheduled(pod)
                    ? ProvisioningStates.Creating
                    : record.ProvisioningState,
                IpAddress = properties.IpAddress is null ? null : properties.IpAddress with { Ip = pod is { Status.PodIP.Length: > 0 } ? pod.Status.PodIP : null },
                Containers = withInstanceView ? [.. properties.Containers!.Select(c => WithView(c, view, shown?.Status.ContainerStatuses))] : properties.Containers,
                InitContainers = withInstanceView ? [.. properties.InitContainers!.Select(c => WithView(c, view, shown?.Status.InitContainerStatuses))] : properties.InitContainers,
                Extensions = withInstanceView ? WithPodStatus(properties.Extensions, shown) : properties.Extensions,
                InstanceView = withInstanceView
                    ? new GroupInstanceView { State = StateOf(record, pod), Events = [.. allEvents.Where(e => e.Container is null).Select(e => e.Event)] }
                    : null,
            },
        };
    }

    /// <summary>The group's own state; the table of "states of a container group" in Azure's documentation, by restart policy.</summary>
    public static string StateOf(GroupRecord record, Pod? pod)
    {
        if (pod is null)
        {
            return record.Desired == DesiredState.Stopped ? GroupStates.Stopped
                : record.LastPod is { } last && last.IsTerminal() ? last.Status.Phase
                : GroupStates.Pending;
        }

        if (pod.IsTerminal() && !(record.Group.Properties!.RestartPolicy == "Always" && PodProgress.WasTakenByHost(pod)))
        {
            return pod.Status.Phase == "Succeeded" ? GroupStates.Succeeded : GroupStates.Failed;
        }

        var statuses = pod.Status.ContainerStatuses;
        return statuses.Count > 0 && statuses.Any(s => s.State.Running is not null || s.State.Terminated is not null)
            ? GroupStates.Running
            : GroupStates.Pending;
    }

    private static Arm.ContainerGroups.Container WithView(
        Arm.ContainerGroups.Container container, ViewContext view, IReadOnlyList<ContainerStatus>? statuses)
    {
        var status = statuses?.FirstOrDefault(s => s.Name == container.Name);
        var previous = status is null ? null : StateOf(status.LastState, view, isCurrent: false);
        return container with
        {
            Properties = container.Properties! with
            {
                InstanceView = new ContainerInstanceView
                {
                    RestartCount = status?.RestartCount ?? 0,
                    CurrentState = status is null ? view.Waiting("") : StateOf(status.State, view, isCurrent: true) ?? view.Waiting(""),
                    PreviousState = previous,
                    Events = [.. view.Events.Where(e => e.Container == container.Name).Select(e => e.Event)],
                    Ready = status is { Ready: true } && !view.IsOver,
                },
            },
        };
    }

    private static ArmState? StateOf(KubeState state, ViewContext view, bool isCurrent)
    {
        if (state.Terminated is { } terminated)
        {
            return new ArmState
            {
                State = ContainerStates.Terminated,
                StartTime = terminated.StartedAt ?? view.Since,
                FinishTime = terminated.FinishedAt,
                ExitCode = terminated.ExitCode,
                DetailStatus = terminated.Reason.Length > 0 ? terminated.Reason : terminated.ExitCode == 0 ? "Completed" : "Error",
            };
        }

        if (state.Running is { } running)
        {
            // 137 and this reason are the kubelet's words for a container whose end nobody saw.
            return view.IsOver
                ? new ArmState { State = ContainerStates.Terminated, StartTime = running.StartedAt ?? view.Since, FinishTime = view.Record.ChangedAt, ExitCode = 137, DetailStatus = "ContainerStatusUnknown" }
                : new ArmState { State = ContainerStates.Running, StartTime = running.StartedAt ?? view.Since };
        }

        return isCurrent ? view.Waiting(state.Waiting?.Reason ?? "") : null;
    }

    private static GroupExtension[]? WithPodStatus(IReadOnlyList<GroupExtension>? extensions, Pod? pod)
    {
        if (pod is null)
        {
            return extensions?.ToArray();
        }

        return extensions?.Select(e => string.Equals(e.Properties?.ExtensionType, PodExtension.ExtensionType, StringComparison.OrdinalIgnoreCase)
            ? e with { Properties = e.Properties! with { Status = JsonNode.Parse(ModelJson.Serialize(pod.Status))!.AsObject() } }
            : e).ToArray();
    }

    /// <param name="IsOver">The pod is gone and its last status is all there is.</param>
    private sealed record ViewContext(GroupRecord Record, Pod? Pod, IReadOnlyList<GroupEvent> Events, bool IsOver)
    {
        public DateTimeOffset Since => Pod?.Status.StartTime ?? Pod?.Metadata.CreationTimestamp ?? Record.ChangedAt;

        // A start time even while waiting: the azure-aci provider drops the whole status without it.
        public ArmState Waiting(string reason) => new() { State = ContainerStates.Waiting, StartTime = Since, DetailStatus = reason };
    }
}
