using Strata.Api.Models;

namespace Strata.ContainerInstances.Metering;

/// <summary>The metered time of one pod, read off its status. Pure, and the same whenever it is asked, so a crash changes nothing.</summary>
/// <param name="Start">When the first image's pull began; null until a container has started, because a group that never comes up costs nothing.</param>
/// <param name="End">When the last container ended; null while the pod lives.</param>
internal readonly record struct RunSpan(DateTimeOffset? Start, DateTimeOffset? End)
{
    /// <param name="pod">The pod as the core shows it.</param>
    /// <param name="isGone">Nothing of it runs any more, even if its status does not say so.</param>
    /// <param name="now">End of a pod that is gone without having reported its containers' ends.</param>
    public static RunSpan Of(Pod pod, bool isGone, DateTimeOffset now)
    {
        var statuses = pod.Status.InitContainerStatuses.Concat(pod.Status.ContainerStatuses).ToArray();
        var starts = statuses.SelectMany(Starts).Where(IsReal).ToArray();
        if (starts.Length == 0)
        {
            return default;
        }

        // The node sets startTime when it takes the pod on, right before it pulls; the billing rule is "from the pull".
        var start = pod.Status.StartTime is { } accepted && IsReal(accepted) && accepted < starts.Min() ? accepted : starts.Min();
        if (!pod.IsTerminal() && !isGone)
        {
            return new RunSpan(KubeTime.Truncate(start), null);
        }

        var allEnded = statuses.All(s => s.State.Running is null);
        var ends = statuses.Select(s => s.State.Terminated?.FinishedAt ?? s.LastState.Terminated?.FinishedAt).OfType<DateTimeOffset>().Where(IsReal).ToArray();
        var end = allEnded && ends.Length > 0 ? ends.Max() : now;
        return new RunSpan(KubeTime.Truncate(start), KubeTime.Truncate(end < start ? start : end));
    }

    private static IEnumerable<DateTimeOffset> Starts(ContainerStatus status)
    {
        foreach (var start in new[] { status.State.Running?.StartedAt, status.State.Terminated?.StartedAt, status.LastState.Terminated?.StartedAt })
        {
            if (start is { } known)
            {
                yield return known;
            }
        }
    }

    // The kubelet reports a container that could not be started with the Unix epoch as its start.
    private static bool IsReal(DateTimeOffset time) => time.Year > 1970;
}
