using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Tests;

/// <summary>Starts test objects; the methods of <see cref="Builders"/> refine them.</summary>
internal static class Given
{
    /// <summary>A ready node with 4 CPUs, 8 GiB and room for 110 pods.</summary>
    public static Node Node(string name) => new Node
    {
        Metadata = new ObjectMeta { Name = name, Uid = $"uid-{name}" },
        Status = new NodeStatus { Conditions = [new NodeCondition { Type = "Ready", Status = "True" }] },
    }.Holding("4", "8Gi", 110);

    /// <summary>A pod with one container that requests nothing.</summary>
    public static Pod Pod(string name) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = "default", Uid = $"uid-{name}" },
        Spec = new PodSpec { SchedulerName = "default-scheduler", Containers = [new Container { Name = "main", Image = "test" }] },
    };

    public static Container Container(string cpu = "", string memory = "") => new()
    {
        Name = "main",
        Image = "test",
        Resources = new ResourceRequirements { Requests = Builders.Amounts(("cpu", cpu), ("memory", memory)) },
    };

    public static PodInfo Info(this Pod pod) => new(pod);

    public static NodeInfo Info(this Node node, params IEnumerable<Pod> pods)
    {
        var info = new NodeInfo(node);
        foreach (var pod in pods)
        {
            info.Add(new PodInfo(pod));
        }

        return info;
    }
}
