using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>What an update of a service keeps, drops and may change (registry/core/service: strategy.go patchAllocatedValues, dropTypeDependentFields).</summary>
internal static class ServiceUpdate
{
    public static void Prepare(JsonObject spec, JsonObject oldSpec)
    {
        KeepAllocated(spec, oldSpec);
        ServiceDefaults.SyncClusterIPs(spec, oldSpec);
        DropWhatTypeForbids(spec, oldSpec);
    }

    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var oldSpec = old.Object("spec");
        if (!ServiceAllocation.NeedsAddress(spec) || !ServiceAllocation.NeedsAddress(oldSpec))
        {
            return;
        }

        if (oldSpec.Text("clusterIP") is { } address && spec.Text("clusterIP") != address)
        {
            errors.Invalid("spec.clusterIPs[0]", new JsonArray(spec.TextOrEmpty("clusterIP")), "may not change once set");
        }

        var family = oldSpec.Texts("ipFamilies").FirstOrDefault().Item;
        if (family is not null && spec.Texts("ipFamilies").FirstOrDefault().Item is { } now && now != family)
        {
            errors.Invalid("spec.ipFamilies[0]", now, "may not change once set");
        }
    }

    // A client that sends a manifest without the allocated values does not mean to give them up.
    private static void KeepAllocated(JsonObject spec, JsonObject oldSpec)
    {
        if (ServiceAllocation.NeedsAddress(spec) && ServiceAllocation.NeedsAddress(oldSpec))
        {
            foreach (var field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"])
            {
                if (spec[field] is null || spec.Text(field) is null && spec.Count(field) == 0)
                {
                    spec.Restore(oldSpec, field);
                }
            }
        }

        if (ServiceAllocation.NeedsPorts(spec) && ServiceAllocation.NeedsPorts(oldSpec))
        {
            KeepNodePorts(spec, oldSpec);
        }
    }

    private static void KeepNodePorts(JsonObject spec, JsonObject oldSpec)
    {
        var given = NodePorts(spec).ToHashSet();
        var byName = oldSpec.Objects("ports").GroupBy(static entry => entry.Item.TextOrEmpty("name")).ToDictionary(
            static group => group.Key, static group => group.First().Item.Number("nodePort") ?? 0, StringComparer.Ordinal);
        foreach (var (port, _) in spec.Objects("ports"))
        {
            if ((port.Number("nodePort") ?? 0) == 0 && byName.TryGetValue(port.TextOrEmpty("name"), out var number) && number != 0 && given.Add(number))
            {
                port["nodePort"] = number;
            }
        }
    }

    private static IEnumerable<long> NodePorts(JsonObject spec) =>
        spec.Objects("ports").Select(static entry => entry.Item.Number("nodePort") ?? 0).Where(static number => number != 0);

    // A field that the new type does not know goes silently when the client merely left it as it was; a new value is reported by validation.
    private static void DropWhatTypeForbids(JsonObject spec, JsonObject oldSpec)
    {
        if (ServiceAllocation.NeedsAddress(oldSpec) && !ServiceAllocation.NeedsAddress(spec))
        {
            foreach (var field in (ReadOnlySpan<string>)["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"])
            {
                DropIfSame(spec, oldSpec, field);
            }
        }

        if (NeedsPortsOrBalancer(oldSpec) && !NeedsPortsOrBalancer(spec))
        {
            var kept = NodePorts(oldSpec).ToHashSet();
            foreach (var (port, _) in spec.Objects("ports"))
            {
                if (kept.Contains(port.Number("nodePort") ?? 0))
                {
                    port.Remove("nodePort");
                }
            }

            if (spec.Count("externalIPs") == 0)
            {
                DropIfSame(spec, oldSpec, "externalTrafficPolicy");
            }
        }

        if (oldSpec.Text("type") == "LoadBalancer" && spec.Text("type") != "LoadBalancer")
        {
            foreach (var field in (ReadOnlySpan<string>)["allocateLoadBalancerNodePorts", "loadBalancerClass", "healthCheckNodePort"])
            {
                DropIfSame(spec, oldSpec, field);
            }
        }
    }

    private static bool NeedsPortsOrBalancer(JsonObject spec) => spec.Text("type") is "NodePort" or "LoadBalancer";

    private static void DropIfSame(JsonObject spec, JsonObject oldSpec, string field)
    {
        if (JsonSemantics.AreEqual(spec[field], oldSpec[field]))
        {
            spec.Remove(field);
        }
    }
}
