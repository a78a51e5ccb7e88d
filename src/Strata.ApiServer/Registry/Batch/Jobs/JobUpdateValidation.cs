using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>What may change in a job's spec: little once it runs; where its pods go and what they ask for while it is suspended and has not started
/// (batch: validation.go ValidateJobSpecUpdate; KEP-2926).</summary>
internal static class JobUpdateValidation
{
    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var spec = target.Object("spec");
        var oldSpec = old.Object("spec");
        ValidateCompletions(spec, oldSpec, errors);
        spec.ValidateUnchanged(oldSpec, "selector", "spec", errors);
        var mayMove = oldSpec.IsTrue("suspend") && old.Object("status").Text("startTime") is null;
        if (!JsonSemantics.AreEqual(mayMove ? WithoutPlacement(spec.Object("template")) : spec?["template"], mayMove ? WithoutPlacement(oldSpec.Object("template")) : oldSpec?["template"]))
        {
            errors.Invalid("spec.template", spec?["template"], "field is immutable");
        }

        foreach (var field in (ReadOnlySpan<string>)["completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"])
        {
            spec.ValidateUnchanged(oldSpec, field, "spec", errors);
        }
    }

    // An indexed job may grow and shrink as a whole (KEP-3715).
    private static void ValidateCompletions(JsonObject? spec, JsonObject? oldSpec, FieldErrors errors)
    {
        if (spec.Text("completionMode") != "Indexed")
        {
            spec.ValidateUnchanged(oldSpec, "completions", "spec", errors);
        }
        else if (spec.Number("completions") is { } completions && completions != oldSpec.Number("completions") && completions != spec.Number("parallelism"))
        {
            errors.Invalid("spec.completions", completions, "can only be modified in tandem with spec.parallelism");
        }
    }

    private static JsonNode? WithoutPlacement(JsonObject? template)
    {
        var rest = template?.DeepClone() as JsonObject;
        rest.Object("metadata")?.Remove("labels");
        rest.Object("metadata")?.Remove("annotations");
        if (rest.Object("spec") is not { } podSpec)
        {
            return rest;
        }

        podSpec.Object("affinity")?.Remove("nodeAffinity");
        foreach (var field in (ReadOnlySpan<string>)["nodeSelector", "tolerations", "schedulingGates"])
        {
            podSpec.Remove(field);
        }

        foreach (var list in PodSpecDefaults.ContainerLists)
        {
            foreach (var (container, _) in podSpec.Objects(list))
            {
                container.Remove("resources");
            }
        }

        return rest;
    }
}
