using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Rules of Jobs and of the job in a CronJob (batch: validation.go ValidateJob, validateJobSpec).</summary>
internal static class JobValidation
{
    private const long MostParallelWhenIndexed = 100_000;
    private const long ManyCompletions = 100_000;
    private const long MostParallelOfMany = 10_000;
    private const long MostFailedOfMany = 10_000;

    public static void Validate(JsonObject target, FieldErrors errors)
    {
        JobSelector.Validate(target, errors);
        var spec = target.Object("spec");
        ValidateSpec(spec, "spec", errors);
        var selector = spec.Object("selector");
        LabelSelectorValidation.Validate(selector, "spec.selector", errors);
        if (selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (spec.Object("template").Object("metadata").Object("labels") is var labels && !LabelSelectorValidation.Matches(selector, labels))
        {
            errors.Invalid("spec.template.metadata.labels", labels ?? [], "`selector` does not match template `labels`");
        }

        // The pod with the highest number has the longest hostname.
        if (spec.Text("completionMode") == "Indexed" && spec.Number("completions") is > 0 and var completions
            && $"{target.Name()}-{completions - 1}" is var hostname && ObjectNames.LabelProblem(hostname) is not null)
        {
            errors.Invalid("metadata.name", target.Name(), $"will not able to create pod with invalid DNS label: {hostname}");
        }
    }

    public static void ValidateSpec(JsonObject? spec, string path, FieldErrors errors)
    {
        spec.ValidateCounts(
            path, errors, "parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes");
        if (spec.Number("maxFailedIndexes") is not null && spec.Number("backoffLimitPerIndex") is null)
        {
            errors.Required($"{path}.backoffLimitPerIndex", "when maxFailedIndexes is specified");
        }

        if (spec.Text("managedBy") is { } manager)
        {
            DomainPaths.Validate(manager, $"{path}.managedBy", errors);
            if (manager.Length > 63)
            {
                errors.TooLong($"{path}.managedBy", 63);
            }
        }

        ValidateMode(spec, path, errors);
        JobPolicyValidation.Validate(spec, path, errors);
        ValidateReplacement(spec, $"{path}.podReplacementPolicy", errors);
        ValidateTemplate(spec, $"{path}.template", errors);
    }

    private static void ValidateMode(JsonObject? spec, string path, FieldErrors errors)
    {
        switch (spec.Text("completionMode"))
        {
            case "Indexed":
                ValidateIndexed(spec, path, errors);
                return;
            case null or "NonIndexed":
                foreach (var field in (ReadOnlySpan<string>)["backoffLimitPerIndex", "maxFailedIndexes"])
                {
                    if (spec.Number(field) is { } value)
                    {
                        errors.Invalid($"{path}.{field}", value, "requires indexed completion mode");
                    }
                }

                return;
            case var other:
                errors.NotSupported($"{path}.completionMode", other, "NonIndexed", "Indexed");
                return;
        }
    }

    private static void ValidateIndexed(JsonObject? spec, string path, FieldErrors errors)
    {
        var completions = spec.Number("completions");
        var parallelism = spec.Number("parallelism");
        var mostFailed = spec.Number("maxFailedIndexes");
        if (completions is null)
        {
            errors.Required($"{path}.completions", "when completion mode is Indexed");
        }

        if (parallelism > MostParallelWhenIndexed)
        {
            errors.Invalid($"{path}.parallelism", parallelism, $"must be less than or equal to {MostParallelWhenIndexed} when completion mode is Indexed");
        }

        if (mostFailed > completions)
        {
            errors.Invalid($"{path}.maxFailedIndexes", mostFailed, "must be less than or equal to completions");
        }

        if (mostFailed > MostParallelWhenIndexed)
        {
            errors.Invalid($"{path}.maxFailedIndexes", mostFailed, $"must be less than or equal to {MostParallelWhenIndexed}");
        }

        if (!(completions > ManyCompletions) || spec.Number("backoffLimitPerIndex") is null)
        {
            return;
        }

        if (mostFailed is null)
        {
            errors.Required($"{path}.maxFailedIndexes", $"must be specified when completions is above {ManyCompletions}");
        }

        if (parallelism > MostParallelOfMany)
        {
            errors.Invalid($"{path}.parallelism", parallelism, $"must be less than or equal to {MostParallelOfMany} when completions are above {ManyCompletions} and used with backoff limit per index");
        }

        if (mostFailed > MostFailedOfMany)
        {
            errors.Invalid($"{path}.maxFailedIndexes", mostFailed, $"must be less than or equal to {MostFailedOfMany} when completions are above {ManyCompletions} and used with backoff limit per index");
        }
    }

    private static void ValidateReplacement(JsonObject? spec, string path, FieldErrors errors)
    {
        if (spec.Text("podReplacementPolicy") is not { } policy)
        {
            return;
        }

        if (spec.Object("podFailurePolicy") is not null)
        {
            if (policy != "Failed")
            {
                errors.NotSupported(path, policy, "Failed");
            }
        }
        else if (policy is not ("Failed" or "TerminatingOrFailed"))
        {
            errors.NotSupported(path, policy, "Failed", "TerminatingOrFailed");
        }
    }

    private static void ValidateTemplate(JsonObject? spec, string path, FieldErrors errors)
    {
        var template = spec.Object("template") ?? [];
        PodTemplateValidation.Validate(template, path, errors);
        switch (template.Object("spec").TextOrEmpty("restartPolicy"))
        {
            case "" or "Always":
                errors.Required($"{path}.spec.restartPolicy", "valid values: \"OnFailure\", \"Never\"");
                break;
            case "OnFailure" when spec.Object("podFailurePolicy") is not null:
                errors.Invalid($"{path}.spec.restartPolicy", "OnFailure", "only \"Never\" is supported when podFailurePolicy is specified");
                break;
        }
    }
}
