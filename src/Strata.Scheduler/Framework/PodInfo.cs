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
        Requests = PodRequests.Of(pod.Spec, 0, 0);
        var scoring = PodRequests.Of(pod.Spec, AssumedCpuMillis, AssumedMemoryBytes);
        ScoringCpuMillis = scoring.CpuMillis;
        ScoringMemoryBytes = scoring.MemoryBytes;

        // Sidecars hold their ports as long as the pod runs; other init containers are gone before anything listens.
        HostPorts =
        [
            .. pod.Spec.Containers.Concat(pod.Spec.InitContainers.Where(PodRequests.IsSidecar))
                .SelectMany(container => container.Ports)
                .Where(port => port.HostPort > 0)
                .Select(port => new HostPort(port.HostIP, port.Protocol.Length == 0 ? "TCP" : port.Protocol, port.HostPort)),
        ];
    }

    public Pod Pod { get; }

    public ObjectKey Key { get; }

    public string Uid => Pod.Metadata.Uid;

    public int Priority => Pod.Spec.Priority ?? 0;

    /// <summary>What the pod needs to be reserved on a node.</summary>
    public ResourceAmounts Requests { get; }

    /// <summary>CPU for scoring: containers without a request are assumed to use some.</summary>
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
}
