using Strata.Api.Models;

namespace Strata.Controllers.EndpointSlices;

/// <summary>Which slices to write so that they hold the wanted endpoints. Pure. Endpoints stay in the slice they are in, so that one changed pod rewrites one slice.</summary>
internal sealed record SlicePlan(IReadOnlyList<EndpointSlice> Create, IReadOnlyList<EndpointSlice> Update, IReadOnlyList<EndpointSlice> Delete)
{
    public const string ServiceName = "kubernetes.io/service-name";
    public const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    public const string Manager = "endpointslice-controller.k8s.io";
    private const string Headless = "service.kubernetes.io/headless";
    private const int MostEndpoints = 100;

    /// <param name="existing">The slices of this Service that the controller manages.</param>
    public static SlicePlan Compute(Service service, IReadOnlyList<EndpointGroup> groups, IReadOnlyList<EndpointSlice> existing)
    {
        var create = new List<EndpointSlice>();
        var update = new List<EndpointSlice>();
        var kept = new HashSet<string>();
        var labels = LabelsOf(service);
        foreach (var group in groups)
        {
            var waiting = new Dictionary<(string, string), Endpoint>();
            foreach (var endpoint in group.Endpoints)
            {
                waiting[IdentityOf(endpoint)] = endpoint;
            }

            foreach (var slice in existing.Where(slice => SamePorts(slice.Ports, group.Ports)))
            {
                var here = TakeKnown(slice, waiting);
                TakeNew(here, waiting);
                if (here.Count == 0 && (group.Endpoints.Count > 0 || kept.Count > 0))
                {
                    continue; // Empty, and another slice stands for the Service.
                }

                kept.Add(slice.Metadata.Name);
                var next = slice with { Endpoints = here, Metadata = slice.Metadata with { Labels = labels } };
                if (!ModelJson.ContentEquals(next, slice))
                {
                    update.Add(next);
                }
            }

            foreach (var chunk in waiting.Values.Chunk(MostEndpoints))
            {
                create.Add(NewSlice(service, labels, group.Ports, chunk));
            }

            if (group.Endpoints.Count == 0 && kept.Count + create.Count == 0)
            {
                create.Add(NewSlice(service, labels, group.Ports, []));
            }
        }

        return new SlicePlan(create, update, [.. existing.Where(slice => !kept.Contains(slice.Metadata.Name))]);
    }

    // Pods on the network of their node share its address, so the pod belongs to the identity.
    private static (string Address, string Pod) IdentityOf(Endpoint endpoint) => (endpoint.Addresses[0], endpoint.TargetRef?.Name ?? "");

    private static List<Endpoint> TakeKnown(EndpointSlice slice, Dictionary<(string, string), Endpoint> waiting)
    {
        var here = new List<Endpoint>();
        foreach (var endpoint in slice.Endpoints)
        {
            if (waiting.Remove(IdentityOf(endpoint), out var wanted))
            {
                here.Add(wanted);
            }
        }

        return here;
    }

    private static void TakeNew(List<Endpoint> here, Dictionary<(string, string), Endpoint> waiting)
    {
        foreach (var identity in waiting.Keys.Take(MostEndpoints - here.Count).ToList())
        {
            waiting.Remove(identity, out var wanted);
            here.Add(wanted!);
        }
    }

    private static bool SamePorts(IReadOnlyList<DiscoveryEndpointPort> left, IReadOnlyList<DiscoveryEndpointPort> right) =>
        left.Count == right.Count && left.Zip(right).All(pair => ModelJson.ContentEquals(pair.First, pair.Second));

    private static Dictionary<string, string> LabelsOf(Service service)
    {
        var labels = new Dictionary<string, string>(service.Metadata.Labels) { [ServiceName] = service.Metadata.Name, [ManagedBy] = Manager };
        if (service.Spec.ClusterIP == "None")
        {
            labels[Headless] = "";
        }

        return labels;
    }

    private static EndpointSlice NewSlice(Service service, IReadOnlyDictionary<string, string> labels, IReadOnlyList<DiscoveryEndpointPort> ports, IReadOnlyList<Endpoint> endpoints) => new()
    {
        Metadata = new ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-",
            Namespace = service.Metadata.Namespace,
            Labels = labels,
            OwnerReferences = [service.ToControllerReference()],
        },
        AddressType = "IPv4",
        Ports = ports,
        Endpoints = endpoints,
    };
}
