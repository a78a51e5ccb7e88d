using Strata.Api.Models;

namespace Strata.Controllers.EndpointSlices;

/// <summary>Which endpoints a Service has, grouped by the ports they answer on. Pure.</summary>
internal static class EndpointPlan
{
    /// <summary>Groups of endpoints with equal ports; one group without endpoints when nothing matches.</summary>
    public static IReadOnlyList<EndpointGroup> Compute(Service service, IReadOnlyList<Pod> pods)
    {
        var groups = new Dictionary<string, (IReadOnlyList<DiscoveryEndpointPort> Ports, List<Endpoint> Endpoints)>();
        foreach (var pod in pods.Where(Counts).OrderBy(pod => pod.Metadata.Name, StringComparer.Ordinal))
        {
            var ports = PortsOf(service, pod);
            var key = string.Join(',', ports.Select(port => $"{port.Name}/{port.Protocol}/{port.Port}"));
            if (!groups.TryGetValue(key, out var group))
            {
                groups.Add(key, group = (ports, []));
            }

            group.Endpoints.Add(ToEndpoint(service, pod));
        }

        if (groups.Count == 0)
        {
            return [new EndpointGroup(PortsOf(service, null), [])];
        }

        return [.. groups.OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => new EndpointGroup(group.Value.Ports, group.Value.Endpoints))];
    }

    /// <summary>A pod without an address, or one that will never run again, is no endpoint.</summary>
    private static bool Counts(Pod pod) => pod.Status.PodIP.Length > 0 && !pod.IsTerminal();

    private static Endpoint ToEndpoint(Service service, Pod pod)
    {
        var isReady = pod.IsReady();
        return new Endpoint
        {
            Addresses = [pod.Status.PodIP],
            Conditions = new EndpointConditions
            {
                Ready = (isReady && !pod.IsDeleting()) || service.Spec.PublishNotReadyAddresses,
                Serving = isReady,
                Terminating = pod.IsDeleting(),
            },
            Hostname = pod.Spec.Hostname.Length > 0 && pod.Spec.Subdomain == service.Metadata.Name ? pod.Spec.Hostname : null,
            NodeName = pod.Spec.NodeName,
            TargetRef = new ObjectReference { Kind = "Pod", Namespace = pod.Metadata.Namespace, Name = pod.Metadata.Name, Uid = pod.Metadata.Uid },
        };
    }

    private static IReadOnlyList<DiscoveryEndpointPort> PortsOf(Service service, Pod? pod)
    {
        var ports = new List<DiscoveryEndpointPort>(service.Spec.Ports.Count);
        foreach (var port in service.Spec.Ports)
        {
            if (TargetOf(port, pod) is { } number)
            {
                ports.Add(new DiscoveryEndpointPort { Name = port.Name, Protocol = port.Protocol, Port = number, AppProtocol = port.AppProtocol });
            }
        }

        return ports;
    }

    // A named target port is looked up in each pod: versions of an application may listen on different ports behind one name.
    private static int? TargetOf(ServicePort port, Pod? pod)
    {
        if (port.TargetPort.Text is not { } name)
        {
            return port.TargetPort.Number == 0 ? port.Port : port.TargetPort.Number;
        }

        return pod?.Spec.Containers.Concat(pod.Spec.InitContainers.Where(static init => init.RestartPolicy == "Always"))
            .SelectMany(static container => container.Ports)
            .FirstOrDefault(candidate => candidate.Name == name && ProtocolOf(candidate.Protocol) == ProtocolOf(port.Protocol))?.Port;
    }

    private static string ProtocolOf(string protocol) => protocol.Length == 0 ? "TCP" : protocol;
}
