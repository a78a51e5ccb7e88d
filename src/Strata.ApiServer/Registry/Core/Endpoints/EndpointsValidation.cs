using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Endpoints;

/// <summary>Subsets of addresses and ports (core: validation.go ValidateEndpoints).</summary>
internal static class EndpointsValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        foreach (var (subset, index) in target.Objects("subsets"))
        {
            var path = $"subsets[{index}]";
            if (subset.Count("addresses") == 0 && subset.Count("notReadyAddresses") == 0)
            {
                errors.Required(path, "must specify `addresses` or `notReadyAddresses`");
            }

            ValidateAddresses(subset, "addresses", path, errors);
            ValidateAddresses(subset, "notReadyAddresses", path, errors);
            ValidatePorts(subset, path, errors);
        }
    }

    private static void ValidateAddresses(JsonObject subset, string field, string path, FieldErrors errors)
    {
        foreach (var (address, index) in subset.Objects(field))
        {
            Addresses.ValidateEndpoint(address.Text("ip"), $"{path}.{field}[{index}].ip", errors);
            if (address.Text("hostname") is { } hostname)
            {
                ObjectNames.ValidateLabel(hostname, $"{path}.{field}[{index}].hostname", errors);
            }

            if (address.Text("nodeName") is { } node)
            {
                ObjectNames.ValidateSubdomain(node, $"{path}.{field}[{index}].nodeName", errors);
            }
        }
    }

    private static void ValidatePorts(JsonObject subset, string path, FieldErrors errors)
    {
        var needsNames = subset.Count("ports") > 1;
        foreach (var (port, index) in subset.Objects("ports"))
        {
            var portPath = $"{path}.ports[{index}]";
            if (port.Text("name") is { } name)
            {
                ObjectNames.ValidateLabel(name, $"{portPath}.name", errors);
            }
            else if (needsNames)
            {
                errors.Required($"{portPath}.name");
            }

            Addresses.ValidatePort(port.Number("port"), $"{portPath}.port", errors);
            PortNames.ValidateProtocol(port.Text("protocol"), $"{portPath}.protocol", errors);
        }
    }
}
