using Strata.Api.Models;

namespace Strata.Scheduler.Framework;

/// <summary>What a pod needs to be reserved on a node: max(sum of containers and sidecars, the largest init step) + overhead. A sidecar also counts during the init steps
/// after it (KEP-753); requests of the pod as a whole replace those of its containers (KEP-2837).</summary>
internal static class PodRequests
{
    public static bool IsSidecar(Container init) => init.RestartPolicy == "Always";

    /// <param name="assumedCpuMillis">Taken for each container that requests no CPU.</param>
    /// <param name="assumedMemoryBytes">Taken for each container that requests no memory.</param>
    public static ResourceAmounts Of(PodSpec spec, long assumedCpuMillis, long assumedMemoryBytes)
    {
        var total = new ResourceAmounts();
        foreach (var container in spec.Containers)
        {
            total.Add(Of(container, assumedCpuMillis, assumedMemoryBytes), 1);
        }

        var sidecars = new ResourceAmounts();
        var steps = new ResourceAmounts();
        foreach (var init in spec.InitContainers)
        {
            var requests = Of(init, assumedCpuMillis, assumedMemoryBytes);
            if (IsSidecar(init))
            {
                total.Add(requests, 1);
                sidecars.Add(requests, 1);
                steps.RaiseTo(sidecars);
            }
            else
            {
                requests.Add(sidecars, 1);
                steps.RaiseTo(requests);
            }
        }

        total.RaiseTo(steps);
        if (spec.Resources is { Requests.Count: > 0 } whole)
        {
            total.Replace(whole.Requests);
        }

        total.Add(ResourceAmounts.Of(spec.Overhead), 1);
        return total;
    }

    private static ResourceAmounts Of(Container container, long assumedCpuMillis, long assumedMemoryBytes)
    {
        var requests = ResourceAmounts.Of(container.Resources.Requests);
        requests.CpuMillis = container.Resources.Requests.ContainsKey("cpu") ? requests.CpuMillis : assumedCpuMillis;
        requests.MemoryBytes = container.Resources.Requests.ContainsKey("memory") ? requests.MemoryBytes : assumedMemoryBytes;
        return requests;
    }
}
