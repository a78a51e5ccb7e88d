using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.StatefulSets;

/// <summary>Defaults of StatefulSets (apps/v1: SetDefaults_StatefulSet).</summary>
internal static class StatefulSetDefaults
{
    public static void Apply(JsonObject spec)
    {
        spec.DefaultText("podManagementPolicy", "OrderedReady");
        var strategy = spec.Ensure("updateStrategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            strategy.Ensure("rollingUpdate").DefaultNumber("partition", 0);
        }

        var retention = spec.Ensure("persistentVolumeClaimRetentionPolicy");
        retention.DefaultText("whenDeleted", "Retain");
        retention.DefaultText("whenScaled", "Retain");
        spec.DefaultNumber("replicas", 1);
        spec.DefaultNumber("revisionHistoryLimit", 10);
        PodTemplateDefaults.Apply(spec);
        foreach (var (claim, _) in spec.Objects("volumeClaimTemplates"))
        {
            DefaultClaim(claim);
        }
    }

    // What is in the list is a whole claim, so it gets a claim's defaults, its kind and version included.
    private static void DefaultClaim(JsonObject claim)
    {
        claim["apiVersion"] = "v1";
        claim["kind"] = "PersistentVolumeClaim";
        var spec = claim.Ensure("spec");
        spec.DefaultText("volumeMode", "Filesystem");
        Quantities.Canonicalize(spec.Object("resources").Object("requests"));
        Quantities.Canonicalize(spec.Object("resources").Object("limits"));
        claim.Ensure("status").DefaultText("phase", "Pending");
    }
}
