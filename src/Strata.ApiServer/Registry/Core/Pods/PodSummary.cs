using System.Text.Json;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>What <c>kubectl get pods</c> says of a pod in one word and three numbers. The order of the checks is upstream's (printers/internalversion: printPod).</summary>
/// <remarks>Hot path: one per row and watch event.</remarks>
internal ref struct PodSummary
{
    private bool _isInitializing;

    /// <summary>Containers and sidecars that are ready.</summary>
    public int Ready { get; private set; }

    /// <summary>Containers and sidecars.</summary>
    public int Total { get; private set; }

    /// <summary>The column STATUS.</summary>
    public string Status { get; private set; }

    public long Restarts { get; private set; }

    public DateTimeOffset? LastRestart { get; private set; }

    public static PodSummary Of(JsonElement pod)
    {
        var status = pod.Get("status"u8);
        var phase = status.Get("phase"u8);
        var reason = status.Get("reason"u8);
        var summary = new PodSummary
        {
            Status = (reason.HasText() ? reason : phase).Text(),
            Total = pod.Get("spec"u8, "containers"u8).Count(),
        };
        foreach (var condition in status.Get("conditions"u8).Items())
        {
            if (condition.Get("type"u8).Is("PodScheduled"u8) && condition.Get("reason"u8).Is("SchedulingGated"u8))
            {
                summary.Status = "SchedulingGated";
            }
        }

        summary.CountInit(pod.Get("spec"u8, "initContainers"u8), status);
        if (!summary._isInitializing || HasCondition(status, "Initialized"u8))
        {
            summary.CountMain(status);
        }

        if (pod.Get("metadata"u8, "deletionTimestamp"u8).Exists())
        {
            if (reason.Is("NodeLost"u8))
            {
                summary.Status = "Unknown";
            }
            else if (!phase.Is("Succeeded"u8) && !phase.Is("Failed"u8))
            {
                summary.Status = "Terminating";
            }
        }

        return summary;
    }

    private void CountInit(JsonElement initContainers, JsonElement status)
    {
        foreach (var container in initContainers.Items())
        {
            Total += IsSidecar(container) ? 1 : 0;
        }

        long sidecarRestarts = 0;
        DateTimeOffset? lastSidecarRestart = null;
        var index = 0;
        foreach (var container in status.Get("initContainerStatuses"u8).Items())
        {
            var isSidecar = IsSidecar(initContainers, container.Get("name"u8));
            var restarted = LastTermination(container);
            Restarts += container.Get("restartCount"u8).Number();
            LastRestart = Later(LastRestart, restarted);
            if (isSidecar)
            {
                sidecarRestarts += container.Get("restartCount"u8).Number();
                lastSidecarRestart = Later(lastSidecarRestart, restarted);
            }

            if (!IsDone(container, isSidecar))
            {
                Status = InitReason(container, index, initContainers.Count());
                _isInitializing = true;
                break;
            }

            index++;
        }

        // Once the pod is initialized, only sidecars among them can still restart.
        if (!_isInitializing || HasCondition(status, "Initialized"u8))
        {
            Restarts = sidecarRestarts;
            LastRestart = lastSidecarRestart;
        }
    }

    private void CountMain(JsonElement status)
    {
        var statuses = status.Get("containerStatuses"u8);
        var hasRunning = false;
        string? failure = null;
        for (var index = statuses.Count() - 1; index >= 0; index--)
        {
            var container = statuses[index];
            var state = container.Get("state"u8);
            Restarts += container.Get("restartCount"u8).Number();
            LastRestart = Later(LastRestart, LastTermination(container));
            if (state.Get("waiting"u8, "reason"u8) is var waiting && waiting.HasText())
            {
                Status = waiting.Text();
            }
            else if (state.Get("terminated"u8) is var terminated && terminated.Exists())
            {
                Status = TerminationReason(terminated, "");
                failure = terminated.Get("exitCode"u8).Number() != 0 ? Status : failure;
            }
            else if (container.Get("ready"u8).IsTrue() && state.Get("running"u8).Exists())
            {
                hasRunning = true;
                Ready++;
            }
        }

        // Some containers have ended well and others still run: the pod is what the running ones make it.
        if (Status == "Completed" && hasRunning)
        {
            Status = HasCondition(status, "Ready"u8) ? "Running" : failure ?? "NotReady";
        }
    }

    private bool IsDone(JsonElement container, bool isSidecar)
    {
        var terminated = container.Get("state"u8, "terminated"u8);
        if (terminated.Exists() && terminated.Get("exitCode"u8).Number() == 0)
        {
            return true;
        }

        if (isSidecar && container.Get("started"u8).IsTrue())
        {
            Ready += container.Get("ready"u8).IsTrue() ? 1 : 0;
            return true;
        }

        return false;
    }

    private static string InitReason(JsonElement container, int index, int count)
    {
        var state = container.Get("state"u8);
        if (state.Get("terminated"u8) is var terminated && terminated.Exists())
        {
            return TerminationReason(terminated, "Init:");
        }

        var waiting = state.Get("waiting"u8, "reason"u8);
        return waiting.HasText() && !waiting.Is("PodInitializing"u8) ? $"Init:{waiting.Text()}" : $"Init:{index}/{count}";
    }

    private static string TerminationReason(JsonElement terminated, string prefix)
    {
        if (terminated.Get("reason"u8) is var reason && reason.HasText())
        {
            return prefix + reason.Text();
        }

        return terminated.Get("signal"u8).Number() is not 0 and var signal
            ? $"{prefix}Signal:{signal.Text()}"
            : $"{prefix}ExitCode:{terminated.Get("exitCode"u8).Number().Text()}";
    }

    private static bool IsSidecar(JsonElement initContainer) => initContainer.Get("restartPolicy"u8).Is("Always"u8);

    private static bool IsSidecar(JsonElement initContainers, JsonElement name)
    {
        foreach (var container in initContainers.Items())
        {
            if (IsSidecar(container) && container.Get("name"u8).Text() == name.Text())
            {
                return true;
            }
        }

        return false;
    }

    private static bool HasCondition(JsonElement status, ReadOnlySpan<byte> type)
    {
        foreach (var condition in status.Get("conditions"u8).Items())
        {
            if (condition.Get("type"u8).Is(type) && condition.Get("status"u8).Is("True"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static DateTimeOffset? LastTermination(JsonElement container) => container.Get("lastState"u8, "terminated"u8).Get("finishedAt"u8).Time();

    private static DateTimeOffset? Later(DateTimeOffset? left, DateTimeOffset? right) => left is null || right > left ? right ?? left : left;
}
