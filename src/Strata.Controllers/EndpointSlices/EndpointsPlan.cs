using Strata.Api.Models;

namespace Strata.Controllers.EndpointSlices;

/// <summary>The older Endpoints object of a Service, still read by many tools. Pure.</summary>
internal static class EndpointsPlan
{
    public const string ManagedBy = "endpoints.kubernetes.io/managed-by";
    public const string Manager = "endpoint-controller";
    private const string OverCapacity = "endpoints.kubernetes.io/over-capacity";
    private const int MostAddresses = 1000;

    /// <param name="known">The object as it is; null when there is none. What others noted on it stays.</param>
    public static Endpoints Compute(Service service, IReadOnlyList<EndpointGroup> groups, Endpoints? known)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels) { [ManagedBy] = Manager };
        if (service.Spec.ClusterIP == "None")
        {
            labels["service.kubernetes.io/headless"] = "";
        }

        var annotations = new Dictionary<string, string>(known?.Metadata.Annotations ?? Endpoints.Empty.Metadata.Annotations);
        annotations.Remove(OverCapacity);
        if (groups.Sum(group => group.Endpoints.Count) > MostAddresses)
        {
            annotations[OverCapacity] = "truncated";
        }

        var room = MostAddresses;
        var subsets = new List<EndpointSubset>();
        foreach (var group in groups.Where(group => group.Endpoints.Count > 0))
        {
            // A terminating pod is left out unless the Service publishes it all the same.
            var taken = group.Endpoints.Where(endpoint => endpoint.Conditions.Terminating != true || endpoint.Conditions.Ready == true).Take(room).ToList();
            room -= taken.Count;
            if (taken.Count > 0)
            {
                subsets.Add(ToSubset(group, taken));
            }
        }

        var metadata = known?.Metadata ?? new ObjectMeta { Name = service.Metadata.Name, Namespace = service.Metadata.Namespace };
        return (known ?? Endpoints.Empty) with
        {
            Metadata = metadata with { Labels = labels, Annotations = annotations, OwnerReferences = [service.ToControllerReference()] },
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
