using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Batch.Jobs;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.CronJobs;

/// <summary>Rules of CronJobs (batch: validation.go validateCronJobSpec).</summary>
internal static partial class CronJobValidation
{
    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        ValidateSchedule(spec.TextOrEmpty("schedule"), "spec.schedule", errors);
        if (JsonTree.TryText(spec?["timeZone"], out var zone))
        {
            ValidateTimeZone(zone, "spec.timeZone", errors);
        }

        spec.ValidateCounts("spec", errors, "startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit");
        if (spec.TextOrEmpty("concurrencyPolicy") is not ("Allow" or "Forbid" or "Replace") and var policy)
        {
            errors.NotSupported("spec.concurrencyPolicy", policy, "Allow", "Forbid", "Replace");
        }

        ValidateJob(spec.Object("jobTemplate").Object("spec"), "spec.jobTemplate.spec", errors);
    }

    private static void ValidateSchedule(string schedule, string path, FieldErrors errors)
    {
        if (schedule.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (CronSchedule.Problem(schedule) is { } problem)
        {
            errors.Invalid(path, schedule, problem);
        }

        if (schedule.Contains("TZ", StringComparison.Ordinal))
        {
            errors.Invalid(path, schedule, "cannot use TZ or CRON_TZ in schedule, use timeZone field instead");
        }
    }

    private static void ValidateTimeZone(string zone, string path, FieldErrors errors)
    {
        if (zone.Length == 0)
        {
            errors.Invalid(path, zone, "timeZone must be nil or non-empty string");
            return;
        }

        if (zone.Split('/').Any(static part => part is "." or ".." || part.StartsWith('-') || !ZonePart().IsMatch(part)))
        {
            errors.Invalid(path, zone, $"unknown time zone {zone}");
            return;
        }

        if (zone.Equals("Local", StringComparison.OrdinalIgnoreCase))
        {
            errors.Invalid(path, zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        }
        else if (!TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
        {
            errors.Invalid(path, zone, $"unknown time zone {zone}");
        }
    }

    private static void ValidateJob(JsonObject? job, string path, FieldErrors errors)
    {
        JobValidation.ValidateSpec(job, path, errors);
        if (job.Object("selector") is { } selector)
        {
            errors.Invalid($"{path}.selector", selector, "`selector` will be auto-generated");
        }

        if (job.IsTrue("manualSelector"))
        {
            errors.NotSupported($"{path}.manualSelector", "true", "nil", "false");
        }
    }

    [GeneratedRegex(@"\A[A-Za-z._0-9+-]{1,14}\z")]
    private static partial Regex ZonePart();
}
