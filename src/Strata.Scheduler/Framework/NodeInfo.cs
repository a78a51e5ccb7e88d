using Strata.Api.Models;

namespace Strata.Scheduler.Framework;

/// <summary>A node with the sum of what its pods use. Changed by the cache only, under its lock.</summary>
public sealed class NodeInfo
{
    private readonly Dictionary<string, PodInfo> _pods = [];

    public NodeInfo(Node node) => Set(node);

    public Node Node { get; private set; } = Node.Empty;

    public string Name => Node.Metadata.Name;

    public IReadOnlyDictionary<string, string> Labels => Node.Metadata.Labels;

    public bool IsCordoned => Node.Spec.Unschedulable;

    /// <summary>Whether pods here become container instances.</summary>
    public bool IsVirtual { get; private set; }

    /// <summary>Taints with effect NoSchedule or NoExecute.</summary>
    public IReadOnlyList<Taint> HardTaints { get; private set; } = [];

    /// <summary>Taints with effect PreferNoSchedule.</summary>
    public IReadOnlyList<Taint> SoftTaints { get; private set; } = [];

    public ResourceAmounts Allocatable { get; private set; } = new();

    public long AllocatablePods { get; private set; }

    public ResourceAmounts Requested { get; } = new();

    public long ScoringCpuMillis { get; private set; }

    public long ScoringMemoryBytes { get; private set; }

    public IReadOnlyCollection<PodInfo> Pods => _pods.Values;

    public int PodCount => _pods.Count;

    /// <summary>Whether the node object exists; pods may be known before their node.</summary>
    public bool IsKnown { get; private set; }

    internal void Set(Node node)
    {
        Node = node;
        IsKnown = true;
        IsVirtual = node.Metadata.Labels.TryGetValue("type", out var type) && type == "virtual-kubelet";
        HardTaints = [.. node.Spec.Taints.Where(taint => taint.Effect is "NoSchedule" or "NoExecute")];
        SoftTaints = [.. node.Spec.Taints.Where(taint => taint.Effect == "PreferNoSchedule")];
        Allocatable = ResourceAmounts.Of(node.Status.Allocatable);
        AllocatablePods = node.Status.Allocatable.TryGetValue("pods", out var pods) ? pods.Value : 0;
    }

    internal void Forget() => IsKnown = false;

    internal void Add(PodInfo pod)
    {
        if (_pods.TryAdd(pod.Uid, pod))
        {
            Count(pod, 1);
        }
    }

    internal void Remove(string uid)
    {
        if (_pods.Remove(uid, out var pod))
        {
            Count(pod, -1);
        }
    }

    private void Count(PodInfo pod, int factor)
    {
        Requested.Add(pod.Requests, factor);
        ScoringCpuMillis += pod.ScoringCpuMillis * factor;
        ScoringMemoryBytes += pod.ScoringMemoryBytes * factor;
    }
}
