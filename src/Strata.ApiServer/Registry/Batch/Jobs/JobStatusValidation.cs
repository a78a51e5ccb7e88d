using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>What a job's status may say and how it may go on: an end is for ever, and follows from what was counted (batch: validation.go ValidateJobStatusUpdate; KEP-4368).</summary>
internal static class JobStatusValidation
{
    public static void Validate(JsonObject target, JsonObject old, FieldErrors errors)
    {
        var status = target.Object("status") ?? [];
        status.ValidateCounts("status", errors, "active", "succeeded", "failed", "ready", "terminating");
        ValidateUncounted(status.Object("uncountedTerminatedPods"), errors);
        ValidateConditions(target.Object("spec"), status, errors);
        ValidateTimes(status, errors);
        ValidateIndexes(target.Object("spec"), status, errors);
        if (IsFinished(status))
        {
            ValidateEnd(status, errors);
        }

        if (status.Number("ready") > (status.Number("active") ?? 0))
        {
            errors.Invalid("status.ready", status.Number("ready"), "cannot set more ready pods than active");
        }

        ValidateStep(target, status, old.Object("status"), errors);
    }

    private static bool Has(JsonObject? status, string condition) =>
        status.Objects("conditions").Any(entry => entry.Item.Text("type") == condition && entry.Item.Text("status") == "True");

    private static bool IsFinished(JsonObject? status) => Has(status, "Complete") || Has(status, "Failed");

    private static void ValidateUncounted(JsonObject? uncounted, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var list in (ReadOnlySpan<string>)["succeeded", "failed"])
        {
            foreach (var (uid, index) in uncounted.Texts(list))
            {
                var path = $"status.uncountedTerminatedPods.{list}[{index}]";
                if (uid.Length == 0)
                {
                    errors.Invalid(path, uid, "must not be empty");
                }
                else if (!seen.Add(uid))
                {
                    errors.Duplicate(path, uid);
                }
            }
        }
    }

    private static void ValidateConditions(JsonObject? spec, JsonObject status, FieldErrors errors)
    {
        var isComplete = Has(status, "Complete");
        var isFailed = Has(status, "Failed");
        var isFailing = Has(status, "FailureTarget");
        var isSucceeding = Has(status, "SuccessCriteriaMet");
        ReadOnlySpan<(bool Is, string Problem)> problems =
        [
            (isComplete && isFailed, "cannot set Complete=True and Failed=true conditions"),
            (isComplete && isFailing, "cannot set Complete=True and FailureTarget=true conditions"),
            (isFailed && !isFailing, "cannot set Failed=True condition without the FailureTarget=true condition"),
            (isComplete && !isSucceeding, "cannot set Complete=True condition without the SuccessCriteriaMet=true condition"),
            (isSucceeding && isFailed, "cannot set SuccessCriteriaMet=True and Failed=true conditions"),
            (isSucceeding && isFailing, "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions"),
            (spec.Object("successPolicy") is not null && isComplete && !isSucceeding, "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True"),
        ];
        foreach (var (isWrong, problem) in problems)
        {
            if (isWrong)
            {
                errors.InvalidWhole("status.conditions", problem);
            }
        }
    }

    private static void ValidateTimes(JsonObject status, FieldErrors errors)
    {
        var completed = status.Text("completionTime");
        var isComplete = Has(status, "Complete");
        if (completed is not null && !isComplete)
        {
            errors.Invalid("status.completionTime", completed, "cannot set completionTime when there is no Complete=True condition");
        }
        else if (completed is null && isComplete)
        {
            errors.Required("status.completionTime", "completionTime is required for Complete jobs");
        }

        if (completed is not null && Time(completed) < Time(status.Text("startTime")))
        {
            errors.Invalid("status.completionTime", completed, "completionTime cannot be set before startTime");
        }
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var time) ? time : null;

    private static void ValidateEnd(JsonObject status, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["active", "terminating"])
        {
            if (status.Number(field) is > 0 and var count)
            {
                errors.Invalid($"status.{field}", count, $"{field}>0 is invalid for finished job");
            }
        }

        if (status.Text("startTime") is null)
        {
            errors.Required("status.startTime", "startTime is required for finished job");
        }

        if (status.Object("uncountedTerminatedPods") is { } uncounted && uncounted.Count("succeeded") + uncounted.Count("failed") > 0)
        {
            errors.Invalid("status.uncountedTerminatedPods", uncounted, "uncountedTerminatedPods needs to be empty for finished job");
        }
    }

    private static void ValidateIndexes(JsonObject? spec, JsonObject status, FieldErrors errors)
    {
        var completed = status.TextOrEmpty("completedIndexes");
        var failed = JsonTree.TryText(status["failedIndexes"], out var text) ? text : null;
        if (completed.Length > 0 && spec.Text("completionMode") != "Indexed")
        {
            errors.Invalid("status.completedIndexes", completed, "cannot set non-empty completedIndexes when non-indexed completion mode");
        }

        if (failed is not null && spec.Number("backoffLimitPerIndex") is null)
        {
            errors.Invalid("status.failedIndexes", failed, "cannot set non-null failedIndexes when backoffLimitPerIndex is null");
        }

        if (spec.Number("completions") is not { } completions)
        {
            return;
        }

        if (!JobIndexes.TryParse(completed, completions, out var completedIndexes, out var problem))
        {
            errors.Invalid("status.completedIndexes", completed, $"error parsing completedIndexes: {problem}");
        }

        if (!JobIndexes.TryParse(failed ?? "", completions, out var failedIndexes, out problem))
        {
            errors.Invalid("status.failedIndexes", failed, $"error parsing failedIndexes: {problem}");
        }
        else if (JobIndexes.Overlap(completedIndexes, failedIndexes) is { } index)
        {
            errors.Invalid("status.failedIndexes", failed, $"failedIndexes and completedIndexes overlap at index: {index}");
        }
    }

    private static void ValidateStep(JsonObject target, JsonObject status, JsonObject? old, FieldErrors errors)
    {
        foreach (var condition in (ReadOnlySpan<string>)["Failed", "Complete", "FailureTarget"])
        {
            if (Has(old, condition) && !Has(status, condition))
            {
                errors.InvalidWhole("status.conditions", $"cannot disable the terminal {condition}=True condition");
            }
        }

        foreach (var counter in (ReadOnlySpan<string>)["failed", "succeeded"])
        {
            if ((status.Number(counter) ?? 0) is var now && now < old.Number(counter))
            {
                errors.Invalid($"status.{counter}", now, $"cannot decrease the {counter} counter");
            }
        }

        if (status.Text("completionTime") is { } completed && Time(old.Text("completionTime")) is { } before && Time(completed) != before)
        {
            errors.Invalid("status.completionTime", completed, "completionTime cannot be mutated");
        }

        if (Time(old.Text("startTime")) is { } started && Time(status.Text("startTime")) != started && !target.Object("spec").IsTrue("suspend"))
        {
            errors.Required("status.startTime", "startTime cannot be removed for unsuspended job");
        }

        if (Has(old, "SuccessCriteriaMet") && !Has(status, "SuccessCriteriaMet"))
        {
            errors.InvalidWhole("status.conditions", "cannot disable the SuccessCriteriaMet=True condition");
        }
    }
}
