using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking.NetworkPolicies;

/// <summary>Rules of NetworkPolicies (networking: validation.go ValidateNetworkPolicySpec).</summary>
internal static class NetworkPolicyValidation
{
    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        LabelSelectorValidation.Validate(spec.Object("podSelector"), "spec.podSelector", errors);
        ValidateRules(spec, "ingress", "from", errors);
        ValidateRules(spec, "egress", "to", errors);
        if (spec.Count("policyTypes") > 2)
        {
            errors.Invalid("spec.policyTypes", spec!["policyTypes"], "may not specify more than two policyTypes");
            return;
        }

        foreach (var (type, index) in spec.Texts("policyTypes"))
        {
            if (type is not ("Ingress" or "Egress"))
            {
                errors.NotSupported($"spec.policyTypes[{index}]", type, "Ingress", "Egress");
            }
        }
    }

    private static void ValidateRules(JsonObject? spec, string direction, string peers, FieldErrors errors)
    {
        foreach (var (rule, index) in spec.Objects(direction))
        {
            var path = $"spec.{direction}[{index}]";
            foreach (var (port, position) in rule.Objects("ports"))
            {
                ValidatePort(port, $"{path}.ports[{position}]", errors);
            }

            foreach (var (peer, position) in rule.Objects(peers))
            {
                ValidatePeer(peer, $"{path}.{peers}[{position}]", errors);
            }
        }
    }

    private static void ValidatePort(JsonObject port, string path, FieldErrors errors)
    {
        if (port.Text("protocol") is not (null or "TCP" or "UDP" or "SCTP") and var protocol)
        {
            errors.NotSupported($"{path}.protocol", protocol, "TCP", "UDP", "SCTP");
        }

        var end = port.Number("endPort");
        if (JsonTree.TryNumber(port["port"], out var number))
        {
            Addresses.ValidatePort(number, $"{path}.port", errors);
            if (end < number)
            {
                errors.Invalid($"{path}.endPort", number, "must be greater than or equal to `port`");
            }

            if (end is not null)
            {
                Addresses.ValidatePort(end, $"{path}.endPort", errors);
            }
        }
        else if (JsonTree.TryText(port["port"], out var name))
        {
            if (end is not null)
            {
                errors.Invalid($"{path}.endPort", end, "may not be specified when `port` is non-numeric");
            }

            PortNames.Validate(name, $"{path}.port", errors);
        }
        else if (end is not null)
        {
            errors.Invalid($"{path}.endPort", end, "may not be specified when `port` is not specified");
        }
    }

    private static void ValidatePeer(JsonObject peer, string path, FieldErrors errors)
    {
        var count = 0;
        foreach (var field in (ReadOnlySpan<string>)["podSelector", "namespaceSelector"])
        {
            if (peer.Object(field) is { } selector)
            {
                count++;
                LabelSelectorValidation.Validate(selector, $"{path}.{field}", errors);
            }
        }

        if (peer.Object("ipBlock") is { } block)
        {
            ValidateBlock(block, $"{path}.ipBlock", errors);
            if (count > 0)
            {
                errors.Forbidden(path, "may not specify both ipBlock and another peer");
            }
        }
        else if (count == 0)
        {
            errors.Required(path, "must specify a peer");
        }
    }

    private static void ValidateBlock(JsonObject block, string path, FieldErrors errors)
    {
        if (block.Text("cidr") is not { } cidr)
        {
            errors.Required($"{path}.cidr");
            return;
        }

        if (!Cidrs.ValidateOld(cidr, $"{path}.cidr", errors, out var range))
        {
            return;
        }

        foreach (var (except, index) in block.Texts("except"))
        {
            if (Cidrs.ValidateOld(except, $"{path}.except[{index}]", errors, out var hole)
                && (hole.BaseAddress.AddressFamily != range.BaseAddress.AddressFamily || !range.Contains(hole.BaseAddress) || range.PrefixLength >= hole.PrefixLength))
            {
                errors.Invalid($"{path}.except[{index}]", except, "must be a strict subset of `cidr`");
            }
        }
    }
}
