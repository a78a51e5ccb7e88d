using Strata.Api.Models;
using Strata.Kubelet;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>From a container's name to what runs, or ran, under it.</summary>
internal static class ContainerFinder
{
    /// <exception cref="KubeletException">NotFound: it does not run.</exception>
    public static ContainerRecord Running(PodWorker worker, string name) =>
        worker.RunningContainers.Where(record => record.Name == name).MaxBy(record => record.Attempt)
            ?? throw KubeletException.NotFound($"container not found (\"{name}\")");

    /// <summary>The run whose log is meant. Messages: kubelet <c>kubelet_pods.go</c>, validateContainerLogStatus.</summary>
    /// <param name="isPrevious">The last run that has ended before the one that is current.</param>
    /// <exception cref="KubeletException">There is none (yet).</exception>
    public static ContainerRecord RunToRead(PodWorker worker, string name, bool isPrevious)
    {
        var podName = worker.Pod.Metadata.Name;
        var waiting = Status(worker.Status, name)?.State.Waiting;
        ContainerRecord[] runs = [.. worker.State.ContainerSnapshot
            .Where(record => record.Name == name && record.Phase is ContainerPhase.Running or ContainerPhase.Exited && record.LogPath.Length > 0)
            .OrderByDescending(record => record.Attempt)];
        if (!isPrevious)
        {
            return runs.FirstOrDefault() ?? throw KubeletException.BadRequest($"container \"{name}\" in pod \"{podName}\" is waiting to start{Reason(waiting)}");
        }

        // While it waits for its restart, the run that ended last is the previous one already.
        var isBetweenRuns = waiting is not null && runs is [{ Phase: ContainerPhase.Exited }, ..];
        return runs.Skip(isBetweenRuns ? 0 : 1).FirstOrDefault()
            ?? throw KubeletException.BadRequest($"previous terminated container \"{name}\" in pod \"{podName}\" not found");
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
