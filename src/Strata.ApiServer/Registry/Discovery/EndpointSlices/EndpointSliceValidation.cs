using System.Net.Sockets;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Discovery.EndpointSlices;

/// <summary>Endpoints and ports of a slice (discovery: validation.go).</summary>
internal static class EndpointSliceValidation
{
    private const int MostEndpoints = 1000;
    private const int MostAddresses = 100;
    private const int MostPorts = 20000;

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var addressType = target.Text("addressType");
        if (addressType is null)
        {
            errors.Required("addressType");
        }
        else if (addressType is not ("IPv4" or "IPv6" or "FQDN"))
        {
            errors.NotSupported("addressType", addressType, "FQDN", "IPv4", "IPv6");
        }

        if (target.Count("endpoints") is var count and > MostEndpoints)
        {
            errors.TooMany("endpoints", count, MostEndpoints);
            return;
        }

        foreach (var (endpoint, index) in target.Objects("endpoints"))
        {
            ValidateEndpoint(endpoint, addressType, $"endpoints[{index}]", errors);
        }

        ValidatePorts(target, errors);
    }

    private static void ValidateEndpoint(JsonObject endpoint, string? addressType, string path, FieldErrors errors)
    {
        var count = endpoint.Count("addresses");
        if (count == 0)
        {
            errors.Required($"{path}.addresses", "must contain at least 1 address");
        }
        else if (count > MostAddresses)
        {
            errors.TooMany($"{path}.addresses", count, MostAddresses);
        }

        foreach (var (address, index) in endpoint.Texts("addresses"))
        {
            ValidateAddress(address, addressType, $"{path}.addresses[{index}]", errors);
        }

        if (endpoint.Text("nodeName") is { } node)
        {
            ObjectNames.ValidateSubdomain(node, $"{path}.nodeName", errors);
        }

        if (endpoint.Text("hostname") is { } hostname)
        {
            ObjectNames.ValidateLabel(hostname, $"{path}.hostname", errors);
        }

        QualifiedNames.ValidateLabels(endpoint.Object("deprecatedTopology"), $"{path}.deprecatedTopology", errors);
    }

    private static void ValidateAddress(string address, string? addressType, string path, FieldErrors errors)
    {
        if (addressType == "FQDN")
        {
            ObjectNames.ValidateSubdomain(address, path, errors);
        }
        else if (addressType is "IPv4" or "IPv6")
        {
            var family = addressType == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
            if (!Addresses.TryParse(address, out var parsed) || parsed.AddressFamily != family)
            {
                errors.Invalid(path, address, addressType == "IPv4" ? "must be an IPv4 address" : "must be an IPv6 address");
            }
            else
            {
                Addresses.ValidateEndpoint(address, path, errors);
            }
        }
    }

    private static void ValidatePorts(JsonObject target, FieldErrors errors)
    {
        if (target.Count("ports") is var count and > MostPorts)
        {
            errors.TooMany("ports", count, MostPorts);
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (port, index) in target.Objects("ports"))
        {
            var name = port.TextOrEmpty("name");
            if (name.Length > 0)
            {
                ObjectNames.ValidateLabel(name, $"ports[{index}].name", errors);
            }

            if (!names.Add(name))
            {
                errors.Duplicate($"ports[{index}].name", name);
            }

            if (port["port"] is not null)
            {
                Addresses.ValidatePort(port.Number("port"), $"ports[{index}].port", errors);
            }

            PortNames.ValidateProtocol(port.Text("protocol"), $"ports[{index}].protocol", errors);
        }
    }
}
