using Strata.Api.Models;

namespace Strata.Scheduler.Tests;

/// <summary>Refines test objects, one property each.</summary>
internal static class Builders
{
    public static Node Holding(this Node node, string cpu, string memory, int pods, params (string Name, string Amount)[] others) =>
        node with { Status = node.Status with { Allocatable = Amounts([("cpu", cpu), ("memory", memory), ("pods", $"{pods}"), .. others]) } };

    public static Node Labeled(this Node node, string key, string value) => node with { Metadata = node.Metadata with { Labels = With(node.Metadata.Labels, key, value) } };

    public static Node Tainted(this Node node, string key, string effect, string value = "") =>
        node with { Spec = node.Spec with { Taints = [.. node.Spec.Taints, new Taint { Key = key, Value = value, Effect = effect }] } };

    public static Node Cordoned(this Node node) => node with { Spec = node.Spec with { Unschedulable = true } };

    public static Node Virtual(this Node node) => node.Labeled("type", "virtual-kubelet");

    public static Pod Requesting(this Pod pod, string cpu, string memory, params (string Name, string Amount)[] others) =>
        pod with
        {
            Spec = pod.Spec with
            {
                Containers = [pod.Spec.Containers[0] with { Resources = new ResourceRequirements { Requests = Amounts([("cpu", cpu), ("memory", memory), .. others]) } }],
            },
        };

    public static Pod Tolerating(this Pod pod, string key, string op, string value = "", string effect = "") =>
        pod with { Spec = pod.Spec with { Tolerations = [.. pod.Spec.Tolerations, new Toleration { Key = key, Operator = op, Value = value, Effect = effect }] } };

    public static Pod Selecting(this Pod pod, string key, string value) => pod with { Spec = pod.Spec with { NodeSelector = With(pod.Spec.NodeSelector, key, value) } };

    public static Pod Annotated(this Pod pod, string key, string value) => pod with { Metadata = pod.Metadata with { Annotations = With(pod.Metadata.Annotations, key, value) } };

    public static Pod Of(this Pod pod, int priority) => pod with { Spec = pod.Spec with { Priority = priority } };

    public static Pod OnPort(this Pod pod, int port, string protocol = "TCP", string address = "") =>
        pod with { Spec = pod.Spec with { Containers = [pod.Spec.Containers[0] with { Ports = [new ContainerPort { Port = port, HostPort = port, Protocol = protocol, HostIP = address }] }] } };

    public static Pod RequiringNode(this Pod pod, params NodeSelectorTerm[] terms) =>
        pod with { Spec = pod.Spec with { Affinity = new Affinity { NodeAffinity = new NodeAffinity { RequiredDuringSchedulingIgnoredDuringExecution = new NodeSelector { NodeSelectorTerms = terms } } } } };

    public static Pod PreferringNode(this Pod pod, params (int Weight, NodeSelectorTerm Term)[] terms) =>
        pod with
        {
            Spec = pod.Spec with
            {
                Affinity = new Affinity
                {
                    NodeAffinity = new NodeAffinity
                    {
                        PreferredDuringSchedulingIgnoredDuringExecution = [.. terms.Select(term => new PreferredSchedulingTerm { Weight = term.Weight, Preference = term.Term })],
                    },
                },
            },
        };

    public static NodeSelectorTerm Label(string key, string op, params string[] values) =>
        new() { MatchExpressions = [new NodeSelectorRequirement { Key = key, Operator = op, Values = values }] };

    public static NodeSelectorTerm Name(string op, params string[] values) =>
        new() { MatchFields = [new NodeSelectorRequirement { Key = "metadata.name", Operator = op, Values = values }] };

    public static Dictionary<string, Quantity> Amounts(params IEnumerable<(string Name, string Amount)> amounts) =>
        amounts.Where(amount => amount.Amount.Length > 0).ToDictionary(amount => amount.Name, amount => Quantity.Parse(amount.Amount));

    private static Dictionary<string, string> With(IReadOnlyDictionary<string, string> map, string key, string value) => new(map) { [key] = value };
}
