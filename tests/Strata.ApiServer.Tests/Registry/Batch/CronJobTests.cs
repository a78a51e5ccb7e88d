using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Batch;

public sealed class CronJobTests
{
    private const string Job = "jobTemplate: {spec: {template: {spec: {restartPolicy: OnFailure, containers: [{name: a, image: x}]}}}}";

    private static readonly ResourceStrategy CronJobs = Kinds.Get("CronJob");

    [Theory]
    [InlineData("schedule: '* * * *'", "spec.schedule: Invalid value: \"* * * *\": expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("schedule: '60 * * * *'", "spec.schedule: Invalid value: \"60 * * * *\": end of range (60) above maximum (59): 60")]
    [InlineData("schedule: '* * 0 * *'", "spec.schedule: Invalid value: \"* * 0 * *\": beginning of range (0) below minimum (1): 0")]
    [InlineData("schedule: '5-1 * * * *'", "spec.schedule: Invalid value: \"5-1 * * * *\": beginning of range (5) beyond end of range (1): 5-1")]
    [InlineData("schedule: '*/0 * * * *'", "spec.schedule: Invalid value: \"*/0 * * * *\": step of range should be a positive number: */0")]
    [InlineData("schedule: 'x * * * *'", "spec.schedule: Invalid value: \"x * * * *\": failed to parse int from x: strconv.Atoi: parsing \"x\": invalid syntax")]
    [InlineData("schedule: '@often'", "spec.schedule: Invalid value: \"@often\": unrecognized descriptor: @often")]
    [InlineData("schedule: '@every x'", "spec.schedule: Invalid value: \"@every x\": failed to parse duration @every x: time: invalid duration \"x\"")]
    [InlineData("schedule: 'TZ=UTC * * * * *'", "spec.schedule: Invalid value: \"TZ=UTC * * * * *\": cannot use TZ or CRON_TZ in schedule, use timeZone field instead")]
    [InlineData("schedule: ''", "spec.schedule: Required value")]
    [InlineData("schedule: '@daily', timeZone: Mars/Olympus", "spec.timeZone: Invalid value: \"Mars/Olympus\": unknown time zone Mars/Olympus")]
    [InlineData("schedule: '@daily', timeZone: local", "spec.timeZone: Invalid value: \"local\": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones")]
    [InlineData("schedule: '@daily', timeZone: ../etc", "spec.timeZone: Invalid value: \"../etc\": unknown time zone ../etc")]
    [InlineData("schedule: '@daily', concurrencyPolicy: Sometimes", "spec.concurrencyPolicy: Unsupported value: \"Sometimes\": supported values: \"Allow\", \"Forbid\", \"Replace\"")]
    [InlineData("schedule: '@daily', startingDeadlineSeconds: -1", "spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0")]
    [InlineData("schedule: '@daily', failedJobsHistoryLimit: -1", "spec.failedJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0")]
    public void A_cron_job_with_one_problem_is_told_exactly_that(string spec, string problem) => Assert.Equal([problem], Rules.Create(CronJobs, CronJob($"{spec}, {Job}")));

    [Theory]
    [InlineData("selector: {}", "spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated")]
    [InlineData("manualSelector: true", "spec.jobTemplate.spec.manualSelector: Unsupported value: \"true\": supported values: \"nil\", \"false\"")]
    [InlineData("completions: -1", "spec.jobTemplate.spec.completions: Invalid value: -1: must be greater than or equal to 0")]
    public void Its_job_is_checked_like_a_job(string job, string problem) =>
        Assert.Equal([problem], Rules.Create(CronJobs, CronJob($"schedule: '@daily', {Job.Replace("{spec: {template", $"{{spec: {{{job}, template", StringComparison.Ordinal)}")));

    [Theory]
    [InlineData("*/5 0-6,12 1,15 jan-Mar mon")]
    [InlineData("0 12 ? * 1-5/2")]
    [InlineData("5/10 * * * *")]
    [InlineData("@every 1h30m")]
    [InlineData("@hourly")]
    public void A_schedule_is_what_cron_understands(string schedule)
    {
        var target = CronJob($"schedule: '{schedule}', {Job}");
        Assert.Empty(Rules.Create(CronJobs, target));
        var spec = target.Object("spec");
        Assert.Equal(("Allow", 3, 1), (spec.Text("concurrencyPolicy"), spec.Number("successfulJobsHistoryLimit"), spec.Number("failedJobsHistoryLimit")));
        Assert.False(spec.Flag("suspend"));
    }

    [Fact]
    public void Its_name_leaves_room_for_the_names_of_its_jobs()
    {
        var target = CronJob($"schedule: '@daily', {Job}");
        target.Metadata()["name"] = new string('a', 53);
        Assert.Equal([$"metadata.name: Invalid value: \"{new string('a', 53)}\": must be no more than 52 characters"], Rules.Create(CronJobs, target));
    }

    private static JsonObject CronJob(string spec) => Rules.Yaml($"{{metadata: {{name: tick, namespace: default}}, spec: {{{spec}}}}}");
}
