using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.DaemonSets;

/// <summary>Rules of DaemonSets (apps: validation.go ValidateDaemonSetSpec).</summary>
internal static class DaemonSetValidation
{
    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        var selector = spec.Object("selector");
        LabelSelectorValidation.Validate(selector, "spec.selector", errors);
        if (selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (LabelSelectorValidation.IsEmpty(selector))
        {
            errors.Invalid("spec.selector", selector, "empty selector is invalid for daemonset");
        }

        WorkloadValidation.ValidateTemplate(spec, LabelSelectorValidation.IsEmpty(selector) ? null : selector, "DaemonSet", errors);
        spec.ValidateCounts("spec", errors, "minReadySeconds", "revisionHistoryLimit");
        ValidateStrategy(spec.Object("updateStrategy"), "spec.updateStrategy", errors);
    }

    public static void ValidateStatus(JsonObject? status, JsonObject? old, FieldErrors errors)
    {
        status.ValidateCounts(
            "status", errors, "currentNumberScheduled", "numberMisscheduled", "desiredNumberScheduled", "numberReady", "observedGeneration", "updatedNumberScheduled",
            "numberAvailable", "numberUnavailable", "collisionCount");
        status.ValidateNotDecremented(old, "collisionCount", "status", errors);
    }

    private static void ValidateStrategy(JsonObject? strategy, string path, FieldErrors errors)
    {
        switch (strategy.TextOrEmpty("type"))
        {
            case "OnDelete":
                break;
            case "RollingUpdate":
                ValidateRolling(strategy.Object("rollingUpdate"), $"{path}.rollingUpdate", errors);
                break;
            case var other:
                errors.NotSupported(path, other, "RollingUpdate", "OnDelete");
                break;
        }
    }

    private static void ValidateRolling(JsonObject? rolling, string path, FieldErrors errors)
    {
        if (rolling is null)
        {
            errors.Required(path);
            return;
        }

        foreach (var field in (ReadOnlySpan<string>)["maxUnavailable", "maxSurge"])
        {
            Numbers.ValidateCountOrPercent(rolling[field], $"{path}.{field}", errors);
            Numbers.ValidateAtMostAll(rolling[field], $"{path}.{field}", errors);
        }

        switch (Numbers.IsZero(rolling["maxUnavailable"]), Numbers.IsZero(rolling["maxSurge"]))
        {
            case (false, false):
                errors.Invalid($"{path}.maxSurge", rolling["maxSurge"]?.DeepClone(), "may not be set when maxUnavailable is non-zero");
                break;
            case (true, true):
                errors.Required($"{path}.maxUnavailable", "cannot be 0 when maxSurge is 0");
                break;
        }
    }
}
