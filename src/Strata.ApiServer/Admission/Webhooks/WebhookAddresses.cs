using System.Globalization;
using System.Net;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;
using IPAddress = System.Net.IPAddress;

namespace Strata.ApiServer.Admission.Webhooks;

/// <summary>Where a webhook's service is: one of its ready endpoints, so that this server needs no service proxy on its machine.</summary>
internal sealed class WebhookAddresses(IObjectReader objects, IdentitySource chance)
{
    /// <exception cref="WebhookCallException">The service is missing or has nobody who answers.</exception>
    public async ValueTask<EndPoint> FindAsync(ServiceReference reference, CancellationToken cancellationToken)
    {
        var port = reference.Port ?? 443;
        var service = await objects.FindAsync<Service>(reference.Namespace, reference.Name, cancellationToken) ?? throw Unreachable($"service \"{reference.Name}\" not found");
        if (service.Spec.Type == "ExternalName")
        {
            return new DnsEndPoint(service.Spec.ExternalName, port);
        }

        var named = service.Spec.Ports.FirstOrDefault(candidate => candidate.Port == port)
            ?? throw Unreachable(string.Create(CultureInfo.InvariantCulture, $"no service port {port} found for service \"{reference.Name}\""));
        (string Address, int Port)[] ready =
        [
            .. from slice in objects.List<EndpointSlice>(reference.Namespace)
               where slice.Metadata.Labels.GetValueOrDefault("kubernetes.io/service-name") == reference.Name
               from target in slice.Ports
               where (target.Name ?? "") == named.Name && target.Port is > 0
               from endpoint in slice.Endpoints
               where endpoint.Conditions.Ready != false && endpoint.Addresses.Count > 0
               select (endpoint.Addresses[0], target.Port!.Value),
        ];
        if (ready.Length == 0)
        {
            throw Unreachable($"no endpoints available for service \"{reference.Name}\"");
        }

        var (address, number) = ready[chance.Below(ready.Length)];
        return new IPEndPoint(IPAddress.Parse(address), number);
    }

    private static WebhookCallException Unreachable(string why) => new(why, 503);
}
