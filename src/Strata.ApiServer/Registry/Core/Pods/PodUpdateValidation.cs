using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>The few fields of a pod's spec that may change (core: validation.go ValidatePodUpdate).</summary>
internal static class PodUpdateValidation
{
    private const string Rule = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        if (target.Object("spec") is not { } spec || old.Object("spec") is not { } oldSpec || JsonSemantics.AreEqual(spec, oldSpec))
        {
            return;
        }

        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            if (spec.Count(list) != oldSpec.Count(list))
            {
                errors.Forbidden($"spec.{list}", "pod updates may not add or remove containers");
                return;
            }
        }

        ValidateDeadline(spec, oldSpec, errors);
        ValidateTolerations(spec, oldSpec, errors);
        ValidateGates(spec, oldSpec, errors);
        if (Unmodifiable(spec, oldSpec) is { Length: > 0 } fields)
        {
            errors.Forbidden("spec", $"{Rule}\nchanged: {fields}");
        }
    }

    private static void ValidateDeadline(JsonObject spec, JsonObject oldSpec, FieldErrors errors)
    {
        if (oldSpec.Number("activeDeadlineSeconds") is not { } before)
        {
            return;
        }

        if (spec.Number("activeDeadlineSeconds") is not { } after)
        {
            errors.Invalid("spec.activeDeadlineSeconds", null, "must not update from a positive integer to nil value");
        }
        else if (after > before)
        {
            errors.Invalid("spec.activeDeadlineSeconds", after, "must be less than or equal to previous value");
        }
    }

    private static void ValidateTolerations(JsonObject spec, JsonObject oldSpec, FieldErrors errors)
    {
        var now = spec.Objects("tolerations").Select(static entry => WithoutSeconds(entry.Item)).ToArray();
        foreach (var (toleration, _) in oldSpec.Objects("tolerations"))
        {
            var wanted = WithoutSeconds(toleration);
            if (!now.Any(candidate => JsonSemantics.AreEqual(candidate, wanted)))
            {
                errors.Forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds");
                return;
            }
        }
    }

    private static JsonNode WithoutSeconds(JsonObject toleration)
    {
        var copy = (JsonObject)toleration.DeepClone();
        copy.Remove("tolerationSeconds");
        return copy;
    }

    private static void ValidateGates(JsonObject spec, JsonObject oldSpec, FieldErrors errors)
    {
        var before = oldSpec.Objects("schedulingGates").Select(static entry => entry.Item.TextOrEmpty("name")).ToHashSet(StringComparer.Ordinal);
        foreach (var (gate, _) in spec.Objects("schedulingGates"))
        {
            if (gate.TextOrEmpty("name") is var name && !before.Contains(name))
            {
                errors.Forbidden("spec.schedulingGates", $"only deletion is allowed, but found new scheduling gate '{name}'");
            }
        }
    }

    // What differs once everything that may change is set back; names of fields for the message.
    private static string Unmodifiable(JsonObject spec, JsonObject oldSpec)
    {
        var changed = (JsonObject)spec.DeepClone();
        foreach (var list in (ReadOnlySpan<string>)["containers", "initContainers"])
        {
            foreach (var ((container, _), (oldContainer, _)) in changed.Objects(list).Zip(oldSpec.Objects(list)))
            {
                container.Restore(oldContainer, "image");
            }
        }

        foreach (var field in (ReadOnlySpan<string>)["activeDeadlineSeconds", "tolerations", "schedulingGates"])
        {
            changed.Restore(oldSpec, field);
        }

        if (oldSpec.Number("terminationGracePeriodSeconds") < 0 && spec.Number("terminationGracePeriodSeconds") == 1)
        {
            changed.Restore(oldSpec, "terminationGracePeriodSeconds");
        }

        // While gated, a pod may still be narrowed down to fewer nodes (KEP-3838).
        if (oldSpec.Count("schedulingGates") > 0 && OnlyAdds(spec.Object("nodeSelector"), oldSpec.Object("nodeSelector")))
        {
            changed.Restore(oldSpec, "nodeSelector");
        }

        var names = changed.Select(static field => field.Key).Union(oldSpec.Select(static field => field.Key), StringComparer.Ordinal);
        return string.Join(", ", names.Where(name => !JsonSemantics.AreEqual(changed[name], oldSpec[name])).Select(static name => $"spec.{name}"));
    }

    private static bool OnlyAdds(JsonObject? now, JsonObject? before) => before.Entries().All(entry => now.Text(entry.Key) == entry.Value);
}
