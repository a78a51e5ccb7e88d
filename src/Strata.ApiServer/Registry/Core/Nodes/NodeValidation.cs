using System.Net;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Nodes;

/// <summary>Rules of nodes (core: validation.go ValidateNode, ValidateNodeUpdate).</summary>
internal static class NodeValidation
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var spec = target.Object("spec");
        ValidateTaints(spec, errors);
        ValidatePodRanges(spec, errors);
        Quantities.ValidateMap(target.Object("status").Object("capacity"), "status.capacity", errors);
        Quantities.ValidateMap(target.Object("status").Object("allocatable"), "status.allocatable", errors);
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var oldSpec = old.Object("spec");
        var rangesFixed = oldSpec.Count("podCIDRs") > 0 || oldSpec.Text("podCIDR") is not null;
        if (rangesFixed && (spec.Text("podCIDR") != oldSpec.Text("podCIDR") || !JsonSemantics.AreEqual(spec?["podCIDRs"], oldSpec?["podCIDRs"])))
        {
            errors.Forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid");
        }

        if (oldSpec.Text("providerID") is { } provider && spec.Text("providerID") != provider)
        {
            errors.Forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid");
        }

        ValidateAddresses(target.Object("status"), errors);
    }

    private static void ValidateTaints(JsonObject? spec, FieldErrors errors)
    {
        var seen = new HashSet<(string Key, string Effect)>();
        foreach (var (taint, index) in spec.Objects("taints"))
        {
            var path = $"spec.taints[{index}]";
            var key = taint.TextOrEmpty("key");
            var effect = taint.TextOrEmpty("effect");
            QualifiedNames.Validate(key, $"{path}.key", errors);
            QualifiedNames.ValidateLabelValue(taint.TextOrEmpty("value"), $"{path}.value", errors);
            if (effect.Length == 0)
            {
                errors.Required($"{path}.effect");
            }
            else if (effect is not ("NoSchedule" or "PreferNoSchedule" or "NoExecute"))
            {
                errors.NotSupported($"{path}.effect", effect, "NoSchedule", "PreferNoSchedule", "NoExecute");
            }

            if (!seen.Add((key, effect)))
            {
                errors.Duplicate(path, taint);
            }
        }
    }

    private static void ValidatePodRanges(JsonObject? spec, FieldErrors errors)
    {
        foreach (var (range, index) in spec.Texts("podCIDRs"))
        {
            if (!IPNetwork.TryParse(range, out _))
            {
                errors.Invalid($"spec.podCIDRs[{index}]", range, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
            }
        }

        var first = spec.Texts("podCIDRs").Select(static entry => entry.Item).FirstOrDefault();
        if (spec.Text("podCIDR") is { } single && first is not null && single != first)
        {
            errors.Invalid("spec.podCIDR", single, "must equal the first of podCIDRs");
        }
    }

    private static void ValidateAddresses(JsonObject? status, FieldErrors errors)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var (address, index) in status.Objects("addresses"))
        {
            if (!seen.Add((address.TextOrEmpty("type"), address.TextOrEmpty("address"))))
            {
                errors.Duplicate($"status.addresses[{index}]", address);
            }
        }
    }
}
