using Strata.Api.Models;

namespace Strata.Benchmarks.Scheduling;

/// <summary>Nodes and pods in upstream's benchmark sizes: 4 CPUs, 32 GiB, 110 pods; 100m and 500Mi.</summary>
internal static class Samples
{
    private static readonly string[] Zones = ["a", "b", "c"];

    public static Node Node(int index) => new()
    {
        Metadata = new ObjectMeta
        {
            Name = $"node-{index:d5}",
            Uid = $"node-uid-{index}",
            Labels = new Dictionary<string, string> { ["kubernetes.io/os"] = "linux", ["kubernetes.io/hostname"] = $"node-{index:d5}", ["topology.kubernetes.io/zone"] = Zones[index % 3] },
        },
        Status = new NodeStatus
        {
            Allocatable = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("4"), ["memory"] = Quantity.Parse("32Gi"), ["pods"] = Quantity.Parse("110") },
            Conditions = [new NodeCondition { Type = "Ready", Status = "True" }],
        },
    };

    public static Pod Pod(int index) => new()
    {
        Metadata = new ObjectMeta { Name = $"pod-{index:d6}", Namespace = "default", Uid = $"pod-uid-{index}" },
        Spec = new PodSpec
        {
            SchedulerName = "default-scheduler",
            Containers =
            [
                new Container
                {
                    Name = "pause",
                    Image = "registry.k8s.io/pause:3.10",
                    Resources = new ResourceRequirements { Requests = new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse("100m"), ["memory"] = Quantity.Parse("500Mi") } },
                },
            ],
            Tolerations =
            [
                new Toleration { Key = "node.kubernetes.io/not-ready", Operator = "Exists", Effect = "NoExecute", TolerationSeconds = 300 },
                new Toleration { Key = "node.kubernetes.io/unreachable", Operator = "Exists", Effect = "NoExecute", TolerationSeconds = 300 },
            ],
        },
    };
}
