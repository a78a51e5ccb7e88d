using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Defaults of services (core/v1: SetDefaults_Service).</summary>
internal static class ServiceDefaults
{
    public static void Apply(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.DefaultText("type", "ClusterIP");
        spec.DefaultText("sessionAffinity", "None");
        DefaultAffinity(spec);
        foreach (var (port, _) in spec.Objects("ports"))
        {
            port.DefaultText("protocol", "TCP");
            if (port["targetPort"] is null or JsonValue && (JsonTree.TryText(port["targetPort"], out var text) ? text.Length == 0 : port.Number("targetPort") is null or 0))
            {
                port["targetPort"] = port["port"]?.DeepClone();
            }
        }

        var type = spec.Text("type");
        var isExternal = type is "NodePort" or "LoadBalancer" || (type == "ClusterIP" && spec.Count("externalIPs") > 0);
        if (isExternal)
        {
            spec.DefaultText("externalTrafficPolicy", "Cluster");
        }

        if (type is "NodePort" or "LoadBalancer" or "ClusterIP")
        {
            spec.DefaultText("internalTrafficPolicy", "Cluster");
        }

        if (type == "LoadBalancer")
        {
            spec.DefaultFlag("allocateLoadBalancerNodePorts", true);
        }
    }

    /// <summary>Keeps the older single field and the newer list in step: who writes only one of them means both.</summary>
    public static void SyncClusterIPs(JsonObject spec, JsonObject? oldSpec)
    {
        var single = spec.Text("clusterIP");
        var first = spec.Texts("clusterIPs").Select(static entry => entry.Item).FirstOrDefault();
        if (oldSpec is null)
        {
            if (single is not null && first is null)
            {
                spec["clusterIPs"] = new JsonArray(single);
            }

            return;
        }

        // An update that touches only clusterIP carries the list along; one that clears it clears both.
        var singleChanged = single != oldSpec.Text("clusterIP");
        var listUnchanged = JsonSemantics.AreEqual(spec["clusterIPs"], oldSpec["clusterIPs"]);
        if (singleChanged && listUnchanged)
        {
            spec["clusterIPs"] = single is null ? null : new JsonArray(single);
        }
        else if (single is not null && first is null)
        {
            spec["clusterIPs"] = new JsonArray(single);
        }
    }

    private static void DefaultAffinity(JsonObject spec)
    {
        if (spec.Text("sessionAffinity") == "ClientIP")
        {
            spec.Ensure("sessionAffinityConfig").Ensure("clientIP").DefaultNumber("timeoutSeconds", 10800);
        }
        else if (spec.Text("sessionAffinity") == "None")
        {
            spec.Remove("sessionAffinityConfig");
        }
    }
}
