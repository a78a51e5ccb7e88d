using System.Globalization;
using Strata.NodeAgent.Cri;
using Strata.NodeAgent.Linux;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

/// <summary>Removes what is left on the node of a pod that the API no longer knows.</summary>
internal static class OrphanedPods
{
    private const int DefaultGraceSeconds = 30;

    public static async Task RemoveAsync(string podUid, PodServices services, CancellationToken cancellationToken)
    {
        var runtime = services.Runtime;
        var containers = (await runtime.ListContainersAsync(cancellationToken)).Where(container => container.PodUid == podUid).ToArray();
        await Task.WhenAll(containers.Where(container => container.Phase == ContainerPhase.Running).Select(async container =>
            await runtime.StopContainerAsync(container.Id, await GraceAsync(runtime, container.Id, cancellationToken), cancellationToken)));
        var sandboxes = (await runtime.ListSandboxesAsync(cancellationToken)).Where(sandbox => sandbox.PodUid == podUid).ToArray();
        foreach (var sandbox in sandboxes)
        {
            await runtime.StopSandboxAsync(sandbox.Id, cancellationToken);
            await runtime.RemoveSandboxAsync(sandbox.Id, cancellationToken);
        }

        services.Volumes.Remove(podUid);
        DeleteLogs(podUid, services.Paths);
        RemoveCgroups(podUid, services.Facts.CgroupRoot);
    }

    private static async Task<TimeSpan> GraceAsync(IContainerRuntime runtime, string containerId, CancellationToken cancellationToken)
    {
        var record = await runtime.FindContainerAsync(containerId, cancellationToken);
        var text = record?.Annotations.GetValueOrDefault(ContainerAnnotations.TerminationGracePeriod);
        return TimeSpan.FromSeconds(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? Math.Max(seconds, 1) : DefaultGraceSeconds);
    }

    private static void DeleteLogs(string podUid, NodePaths paths)
    {
        if (!Directory.Exists(paths.Logs))
        {
            return;
        }

        foreach (var folder in Directory.EnumerateDirectories(paths.Logs, $"*_{podUid}"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // The pod is gone, and with it its class: look in all three places.
    private static void RemoveCgroups(string podUid, string root)
    {
        if (root.Length > 0)
        {
            foreach (var qos in (string[])["", "burstable/", "besteffort/"])
            {
                CgroupTree.TryRemove($"/{root.Trim('/')}/kubepods/{qos}pod{podUid}");
            }
        }
    }
}
