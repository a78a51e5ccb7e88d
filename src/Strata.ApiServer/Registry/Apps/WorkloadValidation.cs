using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps;

/// <summary>What Deployments and ReplicaSets have in common: a count, a selector and a template that must fit each other (apps: validation.go).</summary>
internal static class WorkloadValidation
{
    public static void Validate(JsonObject target, string kind, FieldErrors errors)
    {
        var spec = target.Object("spec");
        spec.ValidateNotNegative("replicas", "spec", errors);
        spec.ValidateNotNegative("minReadySeconds", "spec", errors);
        var selector = spec.Object("selector");
        if (selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (LabelSelectorValidation.IsEmpty(selector))
        {
            errors.Invalid("spec.selector", selector, $"empty selector is invalid for {kind}");
        }

        var before = errors.Causes.Count;
        LabelSelectorValidation.Validate(selector, "spec.selector", errors);
        var isSelectorSound = errors.Causes.Count == before && !LabelSelectorValidation.IsEmpty(selector);
        ValidateTemplate(spec, isSelectorSound ? selector : null, "ReplicaSet", errors);
    }

    public static void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var selector = target.Object("spec")?["selector"];
        if (!JsonSemantics.AreEqual(selector, old.Object("spec")?["selector"]))
        {
            errors.Invalid("spec.selector", selector, "field is immutable");
        }
    }

    /// <summary>Rules of the template of pods that run for ever.</summary>
    /// <param name="selector">Null when it is not sound: then there is nothing that the labels could fail to match.</param>
    /// <param name="workload">The kind as messages name it.</param>
    public static void ValidateTemplate(JsonObject? spec, JsonObject? selector, string workload, FieldErrors errors)
    {
        if (spec.Object("template") is not { } template)
        {
            errors.Required("spec.template");
            return;
        }

        ValidateLabels(template, selector, errors);
        PodTemplateValidation.Validate(template, "spec.template", errors);
        ValidateLastingPods(template, workload, errors);
    }

    public static void ValidateLabels(JsonObject template, JsonObject? selector, FieldErrors errors)
    {
        var labels = template.Object("metadata").Object("labels");
        if (selector is not null && !LabelSelectorValidation.Matches(selector, labels))
        {
            errors.Invalid("spec.template.metadata.labels", labels?.DeepClone() ?? new JsonObject(), "`selector` does not match template `labels`");
        }
    }

    public static void ValidateLastingPods(JsonObject template, string workload, FieldErrors errors)
    {
        var podSpec = template.Object("spec");
        if (podSpec.Text("restartPolicy") is not "Always" and var policy)
        {
            errors.NotSupported("spec.template.spec.restartPolicy", policy ?? "", "Always");
        }

        if (podSpec.Number("activeDeadlineSeconds") is not null)
        {
            errors.Forbidden("spec.template.spec.activeDeadlineSeconds", $"activeDeadlineSeconds in {workload} is not Supported");
        }
    }
}
