using Strata.Api.Models;

namespace Strata.VirtualNode.Tests;

/// <summary>Pods for tests.</summary>
internal static class Given
{
    public const string NodeName = "strata-virtual";

    public static Pod Pod(string name = "web", string space = "default", string uid = "", Func<PodSpec, PodSpec>? spec = null, Func<Container, Container>? container = null) => new()
    {
        Metadata = new ObjectMeta { Name = name, Namespace = space, Uid = uid },
        Spec = (spec ?? (same => same))(new PodSpec
        {
            NodeName = NodeName,
            RestartPolicy = "Always",
            DnsPolicy = "ClusterFirst",
            TerminationGracePeriodSeconds = 30,
            EnableServiceLinks = false,
            Containers = [(container ?? (same => same))(new Container { Name = "web", Image = "registry.example.com/shop/web:v1" })],
        }),
        Status = new PodStatus { Phase = "Pending", QosClass = "BestEffort" },
    };

    public static IReadOnlyDictionary<string, Quantity> Amounts(string cpu, string memory) =>
        new Dictionary<string, Quantity> { ["cpu"] = Quantity.Parse(cpu), ["memory"] = Quantity.Parse(memory) };
}
