using System.Globalization;
using System.Net.Sockets;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;
using IPAddress = System.Net.IPAddress;

namespace Strata.ApiServer.Streaming;

/// <summary>Finds out where a proxied request goes. Rules: registry/core <c>node/strategy.go</c>, <c>pod/strategy.go</c> and <c>service/storage/storage.go</c>, ResourceLocation.</summary>
/// <param name="mayProxyTo">Which addresses of pods and endpoints are connected to.</param>
internal sealed class ProxyTargets(IObjectReader objects, NodeAddresses nodes, IdentitySource chance, Func<IPAddress, bool> mayProxyTo)
{
    /// <summary>Addresses by which whoever writes a pod's or an endpoint's address would reach what belongs to this server's own machine are not (upstream: <c>IsProxyableIP</c>).</summary>
    public static bool IsProxyable(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        var isMulticast = plain.AddressFamily == AddressFamily.InterNetwork ? plain.GetAddressBytes()[0] is >= 224 : plain.IsIPv6Multicast;
        var isLinkLocal = plain.AddressFamily == AddressFamily.InterNetwork ? plain.GetAddressBytes() is [169, 254, ..] : plain.IsIPv6LinkLocal;
        return !IPAddress.IsLoopback(plain) && !isMulticast && !isLinkLocal && !plain.Equals(IPAddress.Any) && !plain.Equals(IPAddress.IPv6Any);
    }

    /// <exception cref="ApiException">The name is malformed or names nothing that could be reached.</exception>
    public async ValueTask<ProxyResult> FindAsync(KindInfo kind, string namespaceName, string text, CancellationToken cancellationToken)
    {
        var name = ProxyName.Parse(text) ?? throw ApiErrors.BadRequest($"invalid {kind.Kind.ToLowerInvariant()} request \"{text}\"");
        return kind.Plural switch
        {
            "nodes" => await NodeAsync(name, cancellationToken),
            "pods" => await PodAsync(namespaceName, name, cancellationToken),
            _ => await ServiceAsync(namespaceName, name, text, cancellationToken),
        };
    }

    private async ValueTask<ProxyResult> NodeAsync(ProxyName name, CancellationToken cancellationToken)
    {
        var (host, port) = await nodes.FindServerAsync(name.Name, cancellationToken);
        var label = $"node \"{name.Name}\"";
        return name.Port.Length == 0 || name.Port == port.ToString(CultureInfo.InvariantCulture)
            ? new ProxyResult("https", $"{host}:{port}", label, BackendTrust.Node)
            : new ProxyResult(SchemeOf(name), $"{host}:{Number(name.Port)}", label, BackendTrust.Stranger);
    }

    private async ValueTask<ProxyResult> PodAsync(string namespaceName, ProxyName name, CancellationToken cancellationToken)
    {
        var pod = await objects.FindLatestAsync<Pod>(namespaceName, name.Name, cancellationToken) ?? throw ApiErrors.NotFound(Pod.Info, name.Name);
        if (pod.Status.PodIP.Length == 0)
        {
            throw Unavailable($"pod \"{name.Name}\" has no address to connect to; it is {(pod.Status.Phase.Length == 0 ? "Pending" : pod.Status.Phase)}");
        }

        var declared = pod.Spec.Containers.SelectMany(static container => container.Ports).ToArray();
        var port = name.Port.Length == 0
            ? declared.FirstOrDefault()?.Port
            : declared.FirstOrDefault(candidate => candidate.Name == name.Port)?.Port ?? Number(name.Port);
        var host = HostOf(pod.Status.PodIP);
        return new ProxyResult(SchemeOf(name), port is { } known ? $"{host}:{known}" : host, $"pod \"{name.Name}\"", BackendTrust.Stranger);
    }

    private async ValueTask<ProxyResult> ServiceAsync(string namespaceName, ProxyName name, string text, CancellationToken cancellationToken)
    {
        var service = await objects.FindLatestAsync<Service>(namespaceName, name.Name, cancellationToken) ?? throw ApiErrors.NotFound(Service.Info, name.Name);
        var portName = name.Port;
        if (int.TryParse(name.Port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            portName = service.Spec.Ports.FirstOrDefault(port => port.Port == number)?.Name ?? throw Unavailable($"no service port {number} found for service \"{name.Name}\"");
        }

        (string Address, int Port)[] ready =
        [
            .. from slice in objects.List<EndpointSlice>(namespaceName)
               where slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == name.Name
               from port in slice.Ports
               where (port.Name ?? "") == portName && port.Port is > 0
               from endpoint in slice.Endpoints
               where endpoint.Conditions.Ready != false && endpoint.Addresses.Count > 0
               select (endpoint.Addresses[0], port.Port!.Value),
        ];
        if (ready.Length == 0)
        {
            throw Unavailable($"no endpoints available for service \"{text}\"");
        }

        var (address, target) = ready[chance.Below(ready.Length)];
        return new ProxyResult(SchemeOf(name), $"{HostOf(address)}:{target}", $"service \"{name.Name}\"", BackendTrust.Stranger);
    }

    private string HostOf(string address) =>
        !IPAddress.TryParse(address, out var parsed) || !mayProxyTo(parsed) ? throw ApiErrors.BadRequest("address not allowed")
        : parsed.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{parsed}]" : parsed.ToString();

    private static string SchemeOf(ProxyName name) => name.Scheme.Length > 0 ? name.Scheme : "http";

    private static int Number(string port) =>
        ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw ApiErrors.BadRequest($"\"{port}\" is no port");

    // Without a hint to try again: clients would, and show nothing meanwhile.
    private static ApiException Unavailable(string message) => new(new ApiStatus { Code = 503, Reason = StatusReason.ServiceUnavailable, Message = message });
}
