using Strata.Api.Models;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>From names to what runs, or ran, under them.</summary>
internal sealed class ContainerFinder(PodManager pods)
{
    /// <exception cref="NodeApiException">NotFound.</exception>
    public PodWorker Pod(string namespaceName, string name, string? uid) =>
        pods.Find(namespaceName, name) is { } worker && (uid is null || uid == worker.PodUid)
            ? worker
            : throw NodeApiException.NotFound($"pod \"{name}\" not found in namespace \"{namespaceName}\" on this node");

    /// <summary>The container's specification (of an init or ephemeral container, too).</summary>
    /// <exception cref="NodeApiException">NotFound.</exception>
    public static (bool Tty, bool Stdin) Terminal(Pod pod, string name)
    {
        if (pod.Spec.InitContainers.Concat(pod.Spec.Containers).FirstOrDefault(container => container.Name == name) is { } found)
        {
            return (found.Tty, found.Stdin);
        }

        return pod.Spec.EphemeralContainers.FirstOrDefault(container => container.Name == name) is { } ephemeral
            ? (ephemeral.Tty, ephemeral.Stdin)
            : throw NodeApiException.NotFound($"container \"{name}\" not found in pod \"{pod.Metadata.Name}\"");
    }

    /// <exception cref="NodeApiException">NotFound: it does not exist or does not run.</exception>
    public static ContainerRecord Running(PodWorker worker, string name)
    {
        Terminal(worker.Pod, name);
        return worker.RunningContainers.Where(record => record.Name == name).MaxBy(record => record.Attempt)
            ?? throw NodeApiException.NotFound($"container not found (\"{name}\")");
    }

    /// <summary>The run whose log is meant. Messages: kubelet <c>kubelet_pods.go</c>, validateContainerLogStatus.</summary>
    /// <param name="isPrevious">The last run that has ended before the one that is current.</param>
    /// <exception cref="NodeApiException">There is none (yet).</exception>
    public static ContainerRecord RunToRead(PodWorker worker, string name, bool isPrevious)
    {
        Terminal(worker.Pod, name);
        var podName = worker.Pod.Metadata.Name;
        var waiting = Status(worker.Status, name)?.State.Waiting;
        ContainerRecord[] runs = [.. worker.State.ContainerSnapshot
            .Where(record => record.Name == name && record.Phase is ContainerPhase.Running or ContainerPhase.Exited && record.LogPath.Length > 0)
            .OrderByDescending(record => record.Attempt)];
        if (!isPrevious)
        {
            return runs.FirstOrDefault() ?? throw NodeApiException.BadRequest($"container \"{name}\" in pod \"{podName}\" is waiting to start{Reason(waiting)}");
        }

        // While it waits for its restart, the run that ended last is the previous one already.
        var isBetweenRuns = waiting is not null && runs is [{ Phase: ContainerPhase.Exited }, ..];
        return runs.Skip(isBetweenRuns ? 0 : 1).FirstOrDefault()
            ?? throw NodeApiException.BadRequest($"previous terminated container \"{name}\" in pod \"{podName}\" not found");
    }

    private static ContainerStatus? Status(PodStatus status, string name) =>
        status.ContainerStatuses.Concat(status.InitContainerStatuses).Concat(status.EphemeralContainerStatuses).FirstOrDefault(one => one.Name == name);

    private static string Reason(ContainerStateWaiting? waiting) => waiting?.Reason switch
    {
        "ErrImagePull" => ": image can't be pulled",
        "ImagePullBackOff" => ": trying and failing to pull image",
        null or "" => " - no logs yet",
        var reason => $": {reason}",
    };
}
