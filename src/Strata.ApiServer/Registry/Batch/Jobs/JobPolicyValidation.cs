using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Rules of when a job has failed or succeeded before its count is full (batch: validation.go validatePodFailurePolicy, validateSuccessPolicy; KEP-3329, KEP-3998).</summary>
internal static class JobPolicyValidation
{
    private const int MostRules = 20;
    private const int MostExitCodes = 255;
    private const int MostIndexText = 64 * 1024;

    public static void Validate(JsonObject? spec, string path, FieldErrors errors)
    {
        if (spec.Object("podFailurePolicy") is { } failure)
        {
            ValidateFailure(spec!, failure, $"{path}.podFailurePolicy.rules", errors);
        }

        if (spec.Object("successPolicy") is not { } success)
        {
            return;
        }

        if (spec.Text("completionMode") == "Indexed")
        {
            ValidateSuccess(spec!, success, $"{path}.successPolicy.rules", errors);
        }
        else
        {
            errors.Invalid($"{path}.successPolicy", success, "requires indexed completion mode");
        }
    }

    private static void ValidateFailure(JsonObject spec, JsonObject policy, string path, FieldErrors errors)
    {
        if (policy.Count("rules") > MostRules)
        {
            errors.TooMany(path, policy.Count("rules"), MostRules);
        }

        var podSpec = spec.Object("template").Object("spec");
        var containers = podSpec.Objects("containers").Concat(podSpec.Objects("initContainers")).Select(static entry => entry.Item.TextOrEmpty("name"))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var (rule, index) in policy.Objects("rules"))
        {
            ValidateRule(spec, rule, $"{path}[{index}]", containers, errors);
        }
    }

    private static void ValidateRule(JsonObject spec, JsonObject rule, string path, HashSet<string> containers, FieldErrors errors)
    {
        switch (rule.TextOrEmpty("action"))
        {
            case "":
                errors.Required($"{path}.action", "valid values: [\"Count\" \"FailIndex\" \"FailJob\" \"Ignore\"]");
                break;
            case "FailIndex":
                if (spec.Number("backoffLimitPerIndex") is null)
                {
                    errors.Invalid($"{path}.action", "FailIndex", "requires the backoffLimitPerIndex to be set");
                }

                break;
            case "Count" or "FailJob" or "Ignore":
                break;
            case var other:
                errors.NotSupported($"{path}.action", other, "Count", "FailIndex", "FailJob", "Ignore");
                break;
        }

        var exitCodes = rule.Object("onExitCodes");
        var conditions = rule.Count("onPodConditions");
        if (exitCodes is not null)
        {
            ValidateExitCodes(exitCodes, $"{path}.onExitCodes", containers, errors);
        }

        ValidateConditions(rule, $"{path}.onPodConditions", errors);
        if (exitCodes is not null && conditions > 0)
        {
            errors.InvalidWhole(path, "specifying both OnExitCodes and OnPodConditions is not supported");
        }
        else if (exitCodes is null && conditions == 0)
        {
            errors.InvalidWhole(path, "specifying one of OnExitCodes and OnPodConditions is required");
        }
    }

    private static void ValidateExitCodes(JsonObject requirement, string path, HashSet<string> containers, FieldErrors errors)
    {
        var operation = requirement.TextOrEmpty("operator");
        if (operation.Length == 0)
        {
            errors.Required($"{path}.operator", "valid values: [\"In\" \"NotIn\"]");
        }
        else if (operation is not ("In" or "NotIn"))
        {
            errors.NotSupported($"{path}.operator", operation, "In", "NotIn");
        }

        if (requirement.Text("containerName") is { } container && !containers.Contains(container))
        {
            errors.Invalid($"{path}.containerName", container, "must be one of the container or initContainer names in the pod template");
        }

        var values = requirement.Array("values") ?? [];
        if (values.Count == 0)
        {
            errors.Invalid($"{path}.values", values, "at least one value is required");
        }
        else if (values.Count > MostExitCodes)
        {
            errors.TooMany($"{path}.values", values.Count, MostExitCodes);
        }

        var seen = new HashSet<long>();
        var isOrdered = true;
        var previous = long.MinValue;
        for (var index = 0; index < values.Count; index++)
        {
            if (!JsonTree.TryNumber(values[index], out var code))
            {
                continue;
            }

            if (operation == "In" && code == 0)
            {
                errors.Invalid($"{path}.values[{index}]", code, "must not be 0 for the In operator");
            }

            if (!seen.Add(code))
            {
                errors.Duplicate($"{path}.values[{index}]", code);
            }

            isOrdered &= previous <= code;
            previous = code;
        }

        if (!isOrdered)
        {
            errors.Invalid($"{path}.values", values, "must be ordered");
        }
    }

    private static void ValidateConditions(JsonObject rule, string path, FieldErrors errors)
    {
        if (rule.Count("onPodConditions") > MostRules)
        {
            errors.TooMany(path, rule.Count("onPodConditions"), MostRules);
        }

        foreach (var (pattern, index) in rule.Objects("onPodConditions"))
        {
            QualifiedNames.Validate(pattern.TextOrEmpty("type"), $"{path}[{index}].type", errors);
            if (pattern.TextOrEmpty("status") is not ("True" or "False" or "Unknown") and var status)
            {
                errors.NotSupported($"{path}[{index}].status", status, "False", "True", "Unknown");
            }
        }
    }

    private static void ValidateSuccess(JsonObject spec, JsonObject policy, string path, FieldErrors errors)
    {
        if (policy.Count("rules") == 0)
        {
            errors.Required(path, "at least one rules must be specified when the successPolicy is specified");
        }
        else if (policy.Count("rules") > MostRules)
        {
            errors.TooMany(path, policy.Count("rules"), MostRules);
        }

        foreach (var (rule, index) in policy.Objects("rules"))
        {
            ValidateSuccessRule(spec.Number("completions") ?? 0, rule, $"{path}[{index}]", errors);
        }
    }

    private static void ValidateSuccessRule(long completions, JsonObject rule, string path, FieldErrors errors)
    {
        var count = rule.Number("succeededCount");
        var indexes = JsonTree.TryText(rule["succeededIndexes"], out var text) ? text : null;
        if (count is null && indexes is null)
        {
            errors.Required(path, "at least one of succeededCount or succeededIndexes must be specified");
        }

        long total = 0;
        if (indexes is not null)
        {
            if (indexes.Length > MostIndexText)
            {
                errors.TooLong($"{path}.succeededIndexes", MostIndexText);
            }

            if (JobIndexes.TryParse(indexes, completions, out var intervals, out var problem))
            {
                total = intervals.Sum(static interval => interval.Last - interval.First + 1);
            }
            else
            {
                errors.Invalid($"{path}.succeededIndexes", indexes, $"error parsing succeededIndexes: {problem}");
            }
        }

        rule.ValidateNotNegative("succeededCount", path, errors);
        if (count > completions)
        {
            errors.Invalid($"{path}.succeededCount", count, $"must be less than or equal to {completions} (the number of specified completions)");
        }

        if (indexes is not null && count > total)
        {
            errors.Invalid($"{path}.succeededCount", count, $"must be less than or equal to {total} (the number of indexes in the specified succeededIndexes field)");
        }
    }
}
