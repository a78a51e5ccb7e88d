using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Defaults of the pod template in a workload's spec.</summary>
internal static class PodTemplateDefaults
{
    public static void Apply(JsonObject workloadSpec)
    {
        if (workloadSpec.Object("template") is { } template)
        {
            PodSpecDefaults.Apply(template.Ensure("spec"), isPod: false);
        }
    }
}
