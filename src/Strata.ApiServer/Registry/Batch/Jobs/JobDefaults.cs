using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Defaults of Jobs (batch/v1: SetDefaults_Job).</summary>
internal static class JobDefaults
{
    public static void Apply(JsonObject target)
    {
        var spec = target.Ensure("spec");
        if (spec["completions"] is null && spec["parallelism"] is null)
        {
            spec.DefaultNumber("completions", 1);
        }

        spec.DefaultNumber("parallelism", 1);
        spec.DefaultNumber("backoffLimit", spec["backoffLimitPerIndex"] is null ? 6 : int.MaxValue);
        spec.DefaultText("completionMode", "NonIndexed");
        spec.DefaultFlag("suspend", false);
        spec.DefaultFlag("manualSelector", false);
        spec.DefaultText("podReplacementPolicy", spec.Object("podFailurePolicy") is null ? "TerminatingOrFailed" : "Failed");
        DefaultConditions(spec);
        PodTemplateDefaults.Apply(spec);
        ApplyLabels(target);
    }

    /// <summary>A job without labels has those of its pods.</summary>
    public static void ApplyLabels(JsonObject target)
    {
        if (target.Metadata().Count("labels") == 0 && target.Object("spec").Object("template").Object("metadata").Object("labels") is { Count: > 0 } labels)
        {
            target.Metadata()["labels"] = labels.DeepClone();
        }
    }

    /// <summary>A condition without status is one that holds.</summary>
    public static void DefaultConditions(JsonObject spec)
    {
        foreach (var (rule, _) in spec.Object("podFailurePolicy").Objects("rules"))
        {
            foreach (var (pattern, _) in rule.Objects("onPodConditions"))
            {
                pattern.DefaultText("status", "True");
            }
        }
    }
}
