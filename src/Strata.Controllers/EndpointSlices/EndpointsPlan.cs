using Strata.Api.Models;

namespace Strata.Controllers.EndpointSlices;

/// <summary>The older Endpoints object of a Service, still read by many tools. Pure.</summary>
internal static class EndpointsPlan
{
    public const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    public const string Manager = "endpoint-controller";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const int MostAddresses = 1000;

    public static Endpoints Compute(Service service, IReadOnlyList<EndpointGroup> groups)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels) { [ManagedBy] = Manager };
        if (service.Spec.ClusterIP == "None")
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        var isOver = groups.Sum(group => group.Endpoints.Count) > MostAddresses;
        var room = MostAddresses;
        var subsets = new List<EndpointSubset>();
        foreach (var group in groups.Where(group => group.Endpoints.Count > 0))
        {
            var taken = group.Endpoints.Where(endpoint => endpoint.Conditions.Terminating != true).Take(room).ToList();
            room -= taken.Count;
            if (taken.Count > 0)
            {
                subsets.Add(ToSubset(group, taken));
            }
        }

        return new Endpoints
        {
            Metadata = new ObjectMeta
            {
                Name = service.Metadata.Name,
                Namespace = service.Metadata.Namespace,
                Labels = labels,
                Annotations = isOver ? new Dictionary<string, string> { [OverCapacity] = "truncated" } : new Dictionary<string, string>(),
                OwnerReferences = [service.ToControllerReference()],
            },
            Subsets = subsets,
        };
    }

    private static EndpointSubset ToSubset(EndpointGroup group, List<Endpoint> taken) => new()
    {
        Addresses = [.. taken.Where(endpoint => endpoint.Conditions.Ready == true).Select(ToAddress)],
        NotReadyAddresses = [.. taken.Where(endpoint => endpoint.Conditions.Ready != true).Select(ToAddress)],
        Ports = [.. group.Ports.Select(port => new EndpointPort { Name = port.Name ?? "", Protocol = port.Protocol ?? "TCP", Port = port.Port ?? 0, AppProtocol = port.AppProtocol })],
    };

    private static EndpointAddress ToAddress(Endpoint endpoint) => new()
    {
        Ip = endpoint.Addresses[0],
        Hostname = endpoint.Hostname ?? "",
        NodeName = endpoint.NodeName,
        TargetRef = endpoint.TargetRef,
    };
}
