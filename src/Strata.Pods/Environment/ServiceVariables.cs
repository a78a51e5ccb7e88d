using System.Globalization;
using Strata.Api.Models;

namespace Strata.Pods.Environment;

/// <summary>Variables that describe Services to the pods of their namespace, in the form Docker links had. Source: kubelet/envvars (behaviour).</summary>
public static class ServiceVariables
{
    /// <param name="enableServiceLinks">Whether the namespace's own Services are described; the API server's Service always is.</param>
    public static IEnumerable<ResolvedVariable> For(string podNamespace, bool enableServiceLinks, IReadOnlyList<Service> services)
    {
        var described = new SortedDictionary<string, Service>(StringComparer.Ordinal);
        foreach (var service in services.Where(HasClusterIP))
        {
            var isMaster = service.Metadata is { Namespace: "default", Name: "kubernetes" };
            if (isMaster ? !described.ContainsKey("kubernetes") || podNamespace == "default" : enableServiceLinks && service.Metadata.Namespace == podNamespace)
            {
                described[service.Metadata.Name] = service;
            }
        }

        return described.Values.SelectMany(Describe);
    }

    private static bool HasClusterIP(Service service) => service.Spec.ClusterIP is not ("" or "None") && service.Spec.Ports.Count > 0;

    private static IEnumerable<ResolvedVariable> Describe(Service service)
    {
        var prefix = EnvName(service.Metadata.Name);
        var address = service.Spec.ClusterIP;
        var first = service.Spec.Ports[0];
        yield return Variable($"{prefix}_SERVICE_HOST", address);
        yield return Variable($"{prefix}_SERVICE_PORT", Text(first.Port));
        foreach (var port in service.Spec.Ports.Where(port => port.Name.Length > 0))
        {
            yield return Variable($"{prefix}_SERVICE_PORT_{EnvName(port.Name)}", Text(port.Port));
        }

        yield return Variable($"{prefix}_PORT", Url(first, address));
        foreach (var port in service.Spec.Ports)
        {
            var protocol = Protocol(port);
            var link = $"{prefix}_PORT_{Text(port.Port)}_{protocol}";
            yield return Variable(link, Url(port, address));
            yield return Variable($"{link}_PROTO", protocol.ToLowerInvariant());
            yield return Variable($"{link}_PORT", Text(port.Port));
            yield return Variable($"{link}_ADDR", address);
        }
    }

    private static ResolvedVariable Variable(string name, string value) => new(name, value, VariableSource.Service);

    private static string Url(ServicePort port, string address) =>
        $"{Protocol(port).ToLowerInvariant()}://{(address.Contains(':', StringComparison.Ordinal) ? $"[{address}]" : address)}:{Text(port.Port)}";

    private static string Protocol(ServicePort port) => port.Protocol.Length == 0 ? "TCP" : port.Protocol;

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static string EnvName(string name) => name.ToUpperInvariant().Replace('-', '_');
}
