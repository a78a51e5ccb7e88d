using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Rules of services (core: validation.go ValidateService).</summary>
internal static class ServiceValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec") ?? [];
        var type = spec.TextOrEmpty("type");
        if (type is not ("ClusterIP" or "NodePort" or "LoadBalancer" or "ExternalName"))
        {
            errors.NotSupported("spec.type", type, "ClusterIP", "ExternalName", "LoadBalancer", "NodePort");
        }

        var headless = spec.Text("clusterIP") == "None";
        if (spec.Count("ports") == 0 && !headless && type != "ExternalName")
        {
            errors.Required("spec.ports");
        }

        ValidateType(spec, type, headless, errors);
        ValidatePorts(spec, type, errors);
        QualifiedNames.ValidateLabels(spec.Object("selector"), "spec.selector", errors);
        ValidateAffinity(spec, errors);
        ValidateAddresses(spec, type, errors);
        ValidatePolicies(spec, type, errors);
    }

    private static void ValidateType(JsonObject spec, string type, bool headless, FieldErrors errors)
    {
        if (headless && type is ("NodePort" or "LoadBalancer"))
        {
            errors.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services");
        }

        if (type != "ExternalName")
        {
            return;
        }

        if (spec.Count("clusterIPs") > 0 || spec.Text("clusterIP") is not null)
        {
            errors.Forbidden("spec.clusterIPs", "may not be set for ExternalName services");
        }

        // Names of the outside world may end in a dot.
        var name = spec.TextOrEmpty("externalName").TrimEnd('.');
        if (name.Length == 0)
        {
            errors.Required("spec.externalName");
        }
        else
        {
            ObjectNames.ValidateSubdomain(name, "spec.externalName", errors);
        }
    }

    private static void ValidatePorts(JsonObject spec, string type, FieldErrors errors)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var ports = new HashSet<(string, long)>();
        var nodePorts = new HashSet<(string, long)>();
        var needsName = spec.Count("ports") > 1;
        foreach (var (port, index) in spec.Objects("ports"))
        {
            var path = $"spec.ports[{index}]";
            ValidatePort(port, path, needsName, names, errors);
            var protocol = port.TextOrEmpty("protocol");
            if (!ports.Add((protocol, port.Number("port") ?? 0)))
            {
                errors.Duplicate(path, new JsonObject { ["protocol"] = protocol, ["port"] = port.Number("port") });
            }

            if (port.Number("nodePort") is not (null or 0) and var nodePort)
            {
                ValidateNodePort(type, protocol, nodePort.Value, $"{path}.nodePort", nodePorts, errors);
            }
        }
    }

    private static void ValidatePort(JsonObject port, string path, bool needsName, HashSet<string> names, FieldErrors errors)
    {
        if (port.Text("name") is { } name)
        {
            ObjectNames.ValidateLabel(name, $"{path}.name", errors);
            if (!names.Add(name))
            {
                errors.Duplicate($"{path}.name", name);
            }
        }
        else if (needsName)
        {
            errors.Required($"{path}.name");
        }

        Addresses.ValidatePort(port.Number("port"), $"{path}.port", errors);
        PortNames.ValidateProtocol(port.Text("protocol"), $"{path}.protocol", errors);
        PortNames.ValidateNumberOrName(port["targetPort"], $"{path}.targetPort", errors);
        if (port.Text("appProtocol") is { } protocol)
        {
            QualifiedNames.Validate(protocol, $"{path}.appProtocol", errors);
        }
    }

    private static void ValidateNodePort(string type, string protocol, long nodePort, string path, HashSet<(string, long)> seen, FieldErrors errors)
    {
        if (type is "ClusterIP" or "ExternalName")
        {
            errors.Forbidden(path, $"may not be used when `type` is '{type}'");
        }

        if (!seen.Add((protocol, nodePort)))
        {
            errors.Duplicate(path, nodePort);
        }
    }

    private static void ValidateAffinity(JsonObject spec, FieldErrors errors)
    {
        var affinity = spec.TextOrEmpty("sessionAffinity");
        if (affinity is not ("None" or "ClientIP"))
        {
            errors.NotSupported("spec.sessionAffinity", affinity, "ClientIP", "None");
        }

        var timeout = spec.Object("sessionAffinityConfig").Object("clientIP").Number("timeoutSeconds");
        if (affinity == "ClientIP" && timeout is not (> 0 and <= 86400))
        {
            errors.Invalid("spec.sessionAffinityConfig.clientIP.timeoutSeconds", timeout ?? 0, "must be greater than 0 and less than 86400");
        }
    }

    private static void ValidateAddresses(JsonObject spec, string type, FieldErrors errors)
    {
        var listed = spec.Texts("clusterIPs").Select(static entry => entry.Item).ToArray();
        if (spec.Text("clusterIP") is { } single && listed.Length > 0 && listed[0] != single)
        {
            errors.Invalid("spec.clusterIPs", spec["clusterIPs"]!, "first value must match `clusterIP`");
        }

        if (listed.Length > 1)
        {
            errors.Invalid("spec.clusterIPs", spec["clusterIPs"]!, "may only hold one value: this cluster is not configured for dual-stack services");
        }

        if (type != "ExternalName" && listed.FirstOrDefault() is { } address && address != "None" && !Addresses.TryParse(address, out _))
        {
            errors.Invalid("spec.clusterIPs[0]", address, Addresses.AnyIP);
        }

        foreach (var (external, index) in spec.Texts("externalIPs"))
        {
            Addresses.ValidateEndpoint(external, $"spec.externalIPs[{index}]", errors);
        }

        foreach (var (family, index) in spec.Texts("ipFamilies"))
        {
            if (family == "IPv6" && index == 0)
            {
                errors.Invalid("spec.ipFamilies[0]", family, "not configured on this cluster");
            }
            else if (family is not ("IPv4" or "IPv6"))
            {
                errors.NotSupported($"spec.ipFamilies[{index}]", family, "IPv4", "IPv6");
            }
        }

        if (spec.Text("ipFamilyPolicy") == "RequireDualStack")
        {
            errors.Invalid("spec.ipFamilyPolicy", "RequireDualStack", "this cluster is not configured for dual-stack services");
        }
        else if (spec.Text("ipFamilyPolicy") is not (null or "SingleStack" or "PreferDualStack") and var policy)
        {
            errors.NotSupported("spec.ipFamilyPolicy", policy, "PreferDualStack", "RequireDualStack", "SingleStack");
        }
    }

    private static void ValidatePolicies(JsonObject spec, string type, FieldErrors errors)
    {
        if (spec.Text("externalTrafficPolicy") is { } external)
        {
            if (external is not ("Cluster" or "Local"))
            {
                errors.NotSupported("spec.externalTrafficPolicy", external, "Cluster", "Local");
            }
            else if (type is not ("NodePort" or "LoadBalancer") && spec.Count("externalIPs") == 0)
            {
                errors.Invalid("spec.externalTrafficPolicy", external, "may only be set for externally-accessible services");
            }
        }

        if (spec.Text("internalTrafficPolicy") is not (null or "Cluster" or "Local") and var inner)
        {
            errors.NotSupported("spec.internalTrafficPolicy", inner, "Cluster", "Local");
        }

        if (type != "LoadBalancer")
        {
            foreach (var field in (ReadOnlySpan<string>)["allocateLoadBalancerNodePorts", "loadBalancerClass"])
            {
                if (spec[field] is not null)
                {
                    errors.Forbidden($"spec.{field}", "may only be used when `type` is 'LoadBalancer'");
                }
            }
        }
    }
}
