using Strata.Api;
using Strata.Api.Models;

namespace Strata.Scheduler.Framework;

/// <summary>A pod with what scheduling asks of it computed once.</summary>
public sealed class PodInfo
{
    // Upstream's assumption for containers without requests, used for scoring only: otherwise all of them would pile up on one node.
    private const long AssumedCpuMillis = 100;
    private const long AssumedMemoryBytes = 200L * 1024 * 1024;

    public PodInfo(Pod pod)
    {
        Pod = pod;
        Key = pod.Key();
        Requests = RequestsOf(pod.Spec);
        ScoringCpuMillis = Requests.CpuMillis > 0 ? Requests.CpuMillis : AssumedCpuMillis * pod.Spec.Containers.Count;
        ScoringMemoryBytes = Requests.MemoryBytes > 0 ? Requests.MemoryBytes : AssumedMemoryBytes * pod.Spec.Containers.Count;
        HostPorts = [.. pod.Spec.Containers.SelectMany(container => container.Ports).Where(port => port.HostPort > 0).Select(port => new HostPort(port.HostIP, port.Protocol.Length == 0 ? "TCP" : port.Protocol, port.HostPort))];
    }

    public Pod Pod { get; }

    public ObjectKey Key { get; }

    public string Uid => Pod.Metadata.Uid;

    public int Priority => Pod.Spec.Priority ?? 0;

    /// <summary>What the pod needs to be reserved on a node.</summary>
    public ResourceAmounts Requests { get; }

    public long ScoringCpuMillis { get; }

    public long ScoringMemoryBytes { get; }

    public IReadOnlyList<HostPort> HostPorts { get; }

    /// <summary>Whether a toleration covers the taint.</summary>
    public bool Tolerates(Taint taint)
    {
        var tolerations = Pod.Spec.Tolerations;
        for (var index = 0; index < tolerations.Count; index++)
        {
            var toleration = tolerations[index];
            var isEffect = toleration.Effect.Length == 0 || toleration.Effect == taint.Effect;
            var isKey = toleration.Key.Length == 0 ? toleration.Operator == "Exists" : toleration.Key == taint.Key;
            if (isEffect && isKey && (toleration.Operator == "Exists" || toleration.Value == taint.Value))
            {
                return true;
            }
        }

        return false;
    }

    // max(sum of containers and sidecars, the largest init step) + overhead; a sidecar also counts during the init steps after it (KEP-753).
    private static ResourceAmounts RequestsOf(PodSpec spec)
    {
        var total = new ResourceAmounts();
        foreach (var container in spec.Containers)
        {
            total.Add(ResourceAmounts.Of(container.Resources.Requests), 1);
        }

        var sidecars = new ResourceAmounts();
        var steps = new ResourceAmounts();
        foreach (var init in spec.InitContainers)
        {
            var requests = ResourceAmounts.Of(init.Resources.Requests);
            if (init.RestartPolicy == "Always")
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
        total.Add(ResourceAmounts.Of(spec.Overhead), 1);
        return total;
    }
}
