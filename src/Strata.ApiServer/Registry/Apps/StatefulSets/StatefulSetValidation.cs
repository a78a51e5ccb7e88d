using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.PersistentVolumeClaims;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.StatefulSets;

/// <summary>Rules of StatefulSets (apps: validation.go ValidateStatefulSetSpec).</summary>
internal static class StatefulSetValidation
{
    private static readonly string[] MayChange =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        ValidateStrategies(spec, errors);
        ValidateRetention(spec.Object("persistentVolumeClaimRetentionPolicy"), "spec.persistentVolumeClaimRetentionPolicy", errors);
        spec.ValidateCounts("spec", errors, "replicas", "minReadySeconds", "revisionHistoryLimit");
        if (spec.Object("ordinals").Number("start") is < 0 and var start)
        {
            errors.Invalid("spec.ordinals.start", start, "must be greater than or equal to 0");
        }

        if (spec.Text("serviceName") is { } service)
        {
            ObjectNames.ValidateLabel(service, "spec.serviceName", errors);
        }

        var selector = spec.Object("selector");
        var before = errors.Causes.Count;
        LabelSelectorValidation.Validate(selector, "spec.selector", errors);
        var isSound = errors.Causes.Count == before;
        if (selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (LabelSelectorValidation.IsEmpty(selector))
        {
            errors.Invalid("spec.selector", selector, "empty selector is invalid for statefulset");
        }

        foreach (var (claim, index) in spec.Objects("volumeClaimTemplates"))
        {
            PersistentVolumeClaimValidation.ValidateSpec(claim.Object("spec"), $"spec.volumeClaimTemplates[{index}].spec", errors);
        }

        ValidateTemplate(spec, isSound && !LabelSelectorValidation.IsEmpty(selector) ? selector : null, errors);
    }

    public static void ValidateUpdate(JsonObject? spec, JsonObject? old, FieldErrors errors)
    {
        var fixedPart = spec?.DeepClone() as JsonObject ?? [];
        foreach (var field in MayChange)
        {
            fixedPart.Restore(old, field);
        }

        if (!JsonSemantics.AreEqual(fixedPart, old))
        {
            errors.Forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', "
                + "'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
        }
    }

    public static void ValidateStatus(JsonObject? status, JsonObject? old, FieldErrors errors)
    {
        status.ValidateCounts(
            "status", errors, "replicas", "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas", "observedGeneration", "collisionCount");
        WorkloadStatus.ValidateParts(status, "status.readyReplicas", errors, "readyReplicas", "currentReplicas", "updatedReplicas", "availableReplicas");
        status.ValidateNotDecremented(old, "collisionCount", "status", errors);
    }

    private static void ValidateStrategies(JsonObject? spec, FieldErrors errors)
    {
        if (spec.TextOrEmpty("podManagementPolicy") is not ("OrderedReady" or "Parallel") and var policy)
        {
            errors.Invalid("spec.podManagementPolicy", policy, "must be 'OrderedReady' or 'Parallel'");
        }

        var strategy = spec.Object("updateStrategy");
        var rolling = strategy.Object("rollingUpdate");
        switch (strategy.TextOrEmpty("type"))
        {
            case "OnDelete":
                if (rolling is not null)
                {
                    errors.Invalid("spec.updateStrategy.rollingUpdate", rolling, "only allowed for updateStrategy 'RollingUpdate'");
                }

                break;
            case "RollingUpdate":
                ValidateRolling(rolling, "spec.updateStrategy.rollingUpdate", errors);
                break;
            default:
                errors.Invalid("spec.updateStrategy", strategy, "must be 'RollingUpdate' or 'OnDelete'");
                break;
        }
    }

    private static void ValidateRolling(JsonObject? rolling, string path, FieldErrors errors)
    {
        rolling.ValidateNotNegative("partition", path, errors);
        if (rolling?["maxUnavailable"] is not { } unavailable)
        {
            return;
        }

        Numbers.ValidateCountOrPercent(unavailable, $"{path}.maxUnavailable", errors);
        if (Numbers.IsZero(unavailable))
        {
            errors.Invalid($"{path}.maxUnavailable", unavailable, "cannot be 0");
        }

        Numbers.ValidateAtMostAll(unavailable, $"{path}.maxUnavailable", errors);
    }

    private static void ValidateRetention(JsonObject? retention, string path, FieldErrors errors)
    {
        if (retention is null)
        {
            return;
        }

        foreach (var field in (ReadOnlySpan<string>)["whenDeleted", "whenScaled"])
        {
            if (retention.TextOrEmpty(field) is not ("Retain" or "Delete") and var policy)
            {
                errors.NotSupported($"{path}.{field}", policy, "Retain", "Delete");
            }
        }
    }

    // The volumes of the claim templates are there when a pod is made, so that containers may mount them already.
    private static void ValidateTemplate(JsonObject? spec, JsonObject? selector, FieldErrors errors)
    {
        if (spec.Object("template") is not { } template)
        {
            errors.Required("spec.template");
            return;
        }

        WorkloadValidation.ValidateLabels(template, selector, errors);
        PodTemplateValidation.Validate(WithClaims(template, spec), "spec.template", errors);
        WorkloadValidation.ValidateLastingPods(template, "StatefulSet", errors);
    }

    private static JsonObject WithClaims(JsonObject template, JsonObject? spec)
    {
        if (spec.Count("volumeClaimTemplates") == 0 || template.Object("spec") is null)
        {
            return template;
        }

        var whole = (JsonObject)template.DeepClone();
        var volumes = whole.Ensure("spec").Array("volumes");
        if (volumes is null)
        {
            volumes = [];
            whole.Ensure("spec")["volumes"] = volumes;
        }

        var names = spec.Objects("volumeClaimTemplates").Select(static entry => entry.Item.Name()).ToHashSet(StringComparer.Ordinal);
        foreach (var covered in volumes.OfType<JsonObject>().Where(volume => names.Contains(volume.TextOrEmpty("name"))).ToArray())
        {
            volumes.Remove(covered); // A claim of the same name takes the volume's place.
        }

        foreach (var name in names)
        {
            volumes.Add((JsonNode)new JsonObject { ["name"] = name, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = name } });
        }

        return whole;
    }
}
