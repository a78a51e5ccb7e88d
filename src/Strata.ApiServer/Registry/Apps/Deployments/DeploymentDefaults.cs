using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.Deployments;

/// <summary>Defaults of Deployments (apps/v1: SetDefaults_Deployment).</summary>
internal static class DeploymentDefaults
{
    public static void Apply(JsonObject spec)
    {
        spec.DefaultNumber("replicas", 1);
        spec.DefaultNumber("revisionHistoryLimit", 10);
        spec.DefaultNumber("progressDeadlineSeconds", 600);
        var strategy = spec.Ensure("strategy");
        strategy.DefaultText("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
        {
            var rolling = strategy.Ensure("rollingUpdate");
            rolling.DefaultText("maxUnavailable", "25%");
            rolling.DefaultText("maxSurge", "25%");
        }

        PodTemplateDefaults.Apply(spec);
    }
}
