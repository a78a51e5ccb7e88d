using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Apps;
using Strata.ApiServer.Registry.Batch.Jobs;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.CronJobs;

/// <summary>CronJobs: jobs of one template at given times.</summary>
internal sealed class CronJobStrategy : ResourceStrategy
{
    public override KindInfo Kind => CronJob.Info;

    public override IReadOnlyList<string> ShortNames => ["cj"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Schedule", Description: "When jobs start, in the form of cron."), new("Timezone", Description: "The schedule's time zone."),
        new("Suspend", "boolean", Description: "Whether no more jobs start."), new("Active", "integer", Description: "Number of jobs that run."),
        new("Last Schedule", Description: "When the last job started."), TableColumn.AgeColumn, WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn,
        WorkloadCells.SelectorColumn,
    ];

    // A job's name is the cron job's with eleven more characters. (Checked always: no name can have become too long by an update.)
    public override void ValidateName(string name, FieldErrors errors)
    {
        base.ValidateName(name, errors);
        if (name.Length > 52)
        {
            errors.Invalid("metadata.name", name, "must be no more than 52 characters");
        }
    }

    public override void Default(JsonObject target)
    {
        var spec = target.Ensure("spec");
        spec.DefaultText("concurrencyPolicy", "Allow");
        spec.DefaultFlag("suspend", false);
        spec.DefaultNumber("successfulJobsHistoryLimit", 3);
        spec.DefaultNumber("failedJobsHistoryLimit", 1);
        if (spec.Object("jobTemplate").Object("spec") is { } job)
        {
            JobDefaults.DefaultConditions(job);
            PodTemplateDefaults.Apply(job);
        }
    }

    public override void PrepareForCreate(JsonObject target) => target["status"] = new JsonObject();

    public override void Validate(JsonObject target, FieldErrors errors) => CronJobValidation.Validate(target.Object("spec"), errors);

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var job = spec.Get("jobTemplate"u8, "spec"u8);
        var containers = job.Get("template"u8, "spec"u8).Get("containers"u8);
        return
        [
            TableColumn.NameOf(source), spec.Text("schedule"u8), spec.Get("timeZone"u8).TextOrNone(),
            spec.Get("suspend"u8) is var suspend && !suspend.Exists() ? "<unset>" : suspend.IsTrue() ? "True" : "False", source.Get("status"u8, "active"u8).Count(),
            source.Get("status"u8, "lastScheduleTime"u8).Time() is { } last ? ((DateTimeOffset?)last).Since(now) : Cells.None, TableColumn.Age(source, now),
            Cells.Join(containers, "name"u8), Cells.Join(containers, "image"u8), Cells.Selector(job.Get("selector"u8)),
        ];
    }
}
