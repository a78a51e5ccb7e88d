using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of topology spread constraints (core: validation.go validateTopologySpreadConstraints).</summary>
internal static class TopologySpreadValidation
{
    public static void Validate(JsonObject spec, string path, FieldErrors errors)
    {
        var seen = new HashSet<(string, string)>();
        foreach (var (constraint, index) in spec.Objects("topologySpreadConstraints"))
        {
            var itemPath = $"{path}[{index}]";
            ValidateOne(constraint, itemPath, errors);
            var key = constraint.TextOrEmpty("topologyKey");
            var action = constraint.TextOrEmpty("whenUnsatisfiable");
            if (!seen.Add((key, action)))
            {
                errors.Duplicate($"{itemPath}.{{topologyKey, whenUnsatisfiable}}", $"{{{key}, {action}}}");
            }
        }
    }

    private static void ValidateOne(JsonObject constraint, string path, FieldErrors errors)
    {
        if (constraint.Number("maxSkew") is not > 0 and var skew)
        {
            errors.Invalid($"{path}.maxSkew", skew ?? 0, "must be greater than zero");
        }

        AffinityValidation.ValidateTopologyKey(constraint.Text("topologyKey"), $"{path}.topologyKey", errors);
        var action = constraint.TextOrEmpty("whenUnsatisfiable");
        if (action is not ("DoNotSchedule" or "ScheduleAnyway"))
        {
            errors.NotSupported($"{path}.whenUnsatisfiable", action, "DoNotSchedule", "ScheduleAnyway");
        }

        if (constraint.Number("minDomains") is { } domains)
        {
            if (domains <= 0)
            {
                errors.Invalid($"{path}.minDomains", domains, "must be greater than zero");
            }

            if (action != "DoNotSchedule")
            {
                errors.Invalid($"{path}.minDomains", domains, "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ScheduleAnyway");
            }
        }

        foreach (var field in (ReadOnlySpan<string>)["nodeAffinityPolicy", "nodeTaintsPolicy"])
        {
            if (constraint.Text(field) is not (null or "Honor" or "Ignore") and var policy)
            {
                errors.NotSupported($"{path}.{field}", policy, "Honor", "Ignore");
            }
        }

        LabelSelectorValidation.Validate(constraint.Object("labelSelector"), $"{path}.labelSelector", errors);
    }
}
