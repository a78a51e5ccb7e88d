using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Tests.Registry.Batch;

public sealed class JobTests
{
    private const string Template = "template: {spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}";
    private const string Indexed = "completionMode: Indexed, completions: 5";

    private static readonly ResourceStrategy Jobs = Kinds.Get("Job");

    public static TheoryData<string, string> Problems => new()
    {
        { "template: {spec: {containers: [{name: a, image: x}]}}", "spec.template.spec.restartPolicy: Required value: valid values: \"OnFailure\", \"Never\"" },
        { $"{Template}, parallelism: -1", "spec.parallelism: Invalid value: -1: must be greater than or equal to 0" },
        { $"{Template}, backoffLimit: -1", "spec.backoffLimit: Invalid value: -1: must be greater than or equal to 0" },
        { $"{Template}, completionMode: Random", "spec.completionMode: Unsupported value: \"Random\": supported values: \"NonIndexed\", \"Indexed\"" },
        { $"{Template}, completionMode: Indexed, parallelism: 2", "spec.completions: Required value: when completion mode is Indexed" },
        { $"{Template}, {Indexed}, parallelism: 100001", "spec.parallelism: Invalid value: 100001: must be less than or equal to 100000 when completion mode is Indexed" },
        { $"{Template}, backoffLimitPerIndex: 1", "spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode" },
        { $"{Template}, {Indexed}, maxFailedIndexes: 1", "spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified" },
        { $"{Template}, {Indexed}, backoffLimitPerIndex: 1, maxFailedIndexes: 6", "spec.maxFailedIndexes: Invalid value: 6: must be less than or equal to completions" },
        { $"{Template}, managedBy: me", "spec.managedBy: Invalid value: \"me\": must be a domain-prefixed path (such as \"acme.io/foo\")" },
        { $"{Template}, podReplacementPolicy: Never", "spec.podReplacementPolicy: Unsupported value: \"Never\": supported values: \"Failed\", \"TerminatingOrFailed\"" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: Ignore}}]}}", "spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: Stop, onPodConditions: [{{type: Ready}}]}}]}}", "spec.podFailurePolicy.rules[0].action: Unsupported value: \"Stop\": supported values: \"Count\", \"FailIndex\", \"FailJob\", \"Ignore\"" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: FailIndex, onPodConditions: [{{type: Ready}}]}}]}}", "spec.podFailurePolicy.rules[0].action: Invalid value: \"FailIndex\": requires the backoffLimitPerIndex to be set" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: Count, onExitCodes: {{operator: In, values: [0]}}}}]}}", "spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: Count, onExitCodes: {{operator: In, values: [2, 1]}}}}]}}", "spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: [2,1]: must be ordered" },
        { $"{Template}, podFailurePolicy: {{rules: [{{action: Count, onExitCodes: {{operator: In, values: [1], containerName: b}}}}]}}", "spec.podFailurePolicy.rules[0].onExitCodes.containerName: Invalid value: \"b\": must be one of the container or initContainer names in the pod template" },
        { $"{Template}, successPolicy: {{rules: [{{succeededCount: 1}}]}}", "spec.successPolicy: Invalid value: {\"rules\":[{\"succeededCount\":1}]}: requires indexed completion mode" },
        { $"{Template}, {Indexed}, successPolicy: {{rules: []}}", "spec.successPolicy.rules: Required value: at least one rules must be specified when the successPolicy is specified" },
        { $"{Template}, {Indexed}, successPolicy: {{rules: [{{succeededIndexes: '0-5'}}]}}", "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"0-5\": error parsing succeededIndexes: too large index: \"5\"" },
        { $"{Template}, {Indexed}, successPolicy: {{rules: [{{succeededIndexes: '2,1'}}]}}", "spec.successPolicy.rules[0].succeededIndexes: Invalid value: \"2,1\": error parsing succeededIndexes: non-increasing order, previous: 2, current: 1" },
        { $"{Template}, {Indexed}, successPolicy: {{rules: [{{succeededIndexes: '1-2', succeededCount: 3}}]}}", "spec.successPolicy.rules[0].succeededCount: Invalid value: 3: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)" },
        { $"{Template}, manualSelector: true", "spec.selector: Required value" },
        { $"{Template}, manualSelector: true, selector: {{matchLabels: {{a: b}}}}", "spec.template.metadata.labels: Invalid value: []: `selector` does not match template `labels`" },
        { "template: {metadata: {labels: {job-name: mine}}, spec: {restartPolicy: Never, containers: [{name: a, image: x}]}}", "spec.template.metadata.labels[job-name]: Invalid value: {\"job-name\":\"mine\",\"controller-uid\":\"u-1\",\"batch.kubernetes.io/controller-uid\":\"u-1\",\"batch.kubernetes.io/job-name\":\"count\"}: must be 'count'" },
    };

    public static TheoryData<string, string, string[]> StatusProblems => new()
    {
        { "{}", "{active: -1}", ["status.active: Invalid value: -1: must be greater than or equal to 0"] },
        { "{}", "{active: 1, ready: 2}", ["status.ready: Invalid value: 2: cannot set more ready pods than active"] },
        { "{failed: 2}", "{failed: 1}", ["status.failed: Invalid value: 1: cannot decrease the failed counter"] },
        { "{}", "{completedIndexes: '0'}", ["status.completedIndexes: Invalid value: \"0\": cannot set non-empty completedIndexes when non-indexed completion mode"] },
        { "{}", "{startTime: '2026-01-01T00:00:00Z', conditions: [{type: Failed, status: 'True'}]}", ["status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition"] },
        { "{}", "{startTime: '2026-01-01T00:00:00Z', active: 1, conditions: [{type: FailureTarget, status: 'True'}, {type: Failed, status: 'True'}]}", ["status.active: Invalid value: 1: active>0 is invalid for finished job"] },
        { "{}", "{conditions: [{type: SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True'}]}", ["status.completionTime: Required value: completionTime is required for Complete jobs", "status.startTime: Required value: startTime is required for finished job"] },
        { "{}", "{completionTime: '2026-01-01T00:00:00Z'}", ["status.completionTime: Invalid value: \"2026-01-01T00:00:00Z\": cannot set completionTime when there is no Complete=True condition"] },
        { "{startTime: '2026-01-01T00:00:00Z'}", "{}", ["status.startTime: Required value: startTime cannot be removed for unsuspended job"] },
        { "{conditions: [{type: FailureTarget, status: 'True'}]}", "{}", ["status.conditions: Invalid value: cannot disable the terminal FailureTarget=True condition"] },
        { "{}", "{uncountedTerminatedPods: {succeeded: [a], failed: [a]}}", ["status.uncountedTerminatedPods.failed[0]: Duplicate value: \"a\""] },
        { "{}", "{startTime: '2026-01-01T00:00:00Z', completionTime: '2026-01-01T00:01:00Z', succeeded: 1, conditions: [{type: SuccessCriteriaMet, status: 'True'}, {type: Complete, status: 'True'}]}", [] },
    };

    [Theory]
    [MemberData(nameof(Problems))]
    public void A_job_with_one_problem_is_told_exactly_that(string spec, string problem) =>
        Assert.Equal([problem.Replace("[]: `", "{}: `", StringComparison.Ordinal)], Rules.Create(Jobs, Job(spec)));

    [Fact]
    public void A_job_gets_its_defaults_a_selector_and_labels_of_its_own()
    {
        var job = Job(Template);
        Assert.Empty(Rules.Create(Jobs, job));
        var spec = job.Object("spec");
        Assert.Equal("""{"matchLabels":{"batch.kubernetes.io/controller-uid":"u-1"}}""", spec.Object("selector")!.ToJsonString());
        Assert.Equal("count", spec.Object("template").Object("metadata").Object("labels").Text("batch.kubernetes.io/job-name"));
        Assert.Equal("u-1", job.Metadata().Object("labels").Text("controller-uid"));
        Assert.Equal((1, 1, 6), (spec.Number("completions"), spec.Number("parallelism"), spec.Number("backoffLimit")));
        Assert.Equal(("NonIndexed", "TerminatingOrFailed"), (spec.Text("completionMode"), spec.Text("podReplacementPolicy")));
        Assert.False(spec.Flag("suspend"));
        var queue = Rules.Prepared(Jobs, Job($"{Template}, parallelism: 3")).Object("spec");
        Assert.Null(queue.Number("completions"));
        Assert.Equal(int.MaxValue, Rules.Prepared(Jobs, Job($"{Template}, {Indexed}, backoffLimitPerIndex: 1")).Object("spec").Number("backoffLimit"));
    }

    [Theory]
    [InlineData("completions: 7", "spec.completions: Invalid value: 7: field is immutable")]
    [InlineData("completionMode: Indexed", "spec.completionMode: Invalid value: \"Indexed\": field is immutable")]
    [InlineData("managedBy: a.io/b", "spec.managedBy: Invalid value: \"a.io/b\": field is immutable")]
    [InlineData("parallelism: 0", null)]
    [InlineData("suspend: true", null)]
    [InlineData("activeDeadlineSeconds: 5", null)]
    public void Little_of_a_job_may_change(string change, string? problem)
    {
        var old = Rules.Prepared(Jobs, Job(Template));
        var changed = old.Copy();
        foreach (var (name, value) in Rules.Yaml($"{{{change}}}"))
        {
            changed.Object("spec")![name] = value?.DeepClone();
        }

        Assert.Equal(problem is null ? [] : [problem], Rules.Update(Jobs, changed, old));
    }

    [Theory]
    [InlineData(true, false, true)]
    [InlineData(true, true, false)]
    [InlineData(false, false, false)]
    public void Where_pods_go_may_change_while_a_job_waits_for_its_first_start(bool isSuspended, bool hasStarted, bool isAllowed)
    {
        var old = Rules.Prepared(Jobs, Job($"{Template}, suspend: {(isSuspended ? "true" : "false")}"));
        old["status"] = hasStarted ? Rules.Yaml("{startTime: '2026-01-01T00:00:00Z'}") : new JsonObject();
        var changed = old.Copy();
        var podSpec = changed.Object("spec").Object("template").Object("spec")!;
        podSpec["nodeSelector"] = Rules.Yaml("{disk: ssd}");
        podSpec.Objects("containers").Single().Item["resources"] = Rules.Yaml("{requests: {cpu: 1}}");
        var problems = Rules.Update(Jobs, changed, old);
        Assert.Equal(isAllowed, problems.Count == 0);
        podSpec.Objects("containers").Single().Item["image"] = "y";
        Assert.EndsWith("field is immutable", Rules.Update(Jobs, changed, old).Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_indexed_job_grows_as_a_whole()
    {
        var old = Rules.Prepared(Jobs, Job($"{Template}, {Indexed}, parallelism: 5"));
        var changed = old.Copy();
        changed.Object("spec")!["completions"] = 7;
        Assert.Equal(["spec.completions: Invalid value: 7: can only be modified in tandem with spec.parallelism"], Rules.Update(Jobs, changed, old));
        changed.Object("spec")!["parallelism"] = 7;
        Assert.Empty(Rules.Update(Jobs, changed, old));
    }

    [Theory]
    [MemberData(nameof(StatusProblems))]
    public void A_status_follows_from_what_was_counted(string before, string after, string[] problems)
    {
        var old = Rules.Prepared(Jobs, Job(Template));
        old["status"] = Rules.Yaml(before);
        Assert.Equal(problems, Rules.Status(Jobs, old, after));
    }

    private static JsonObject Job(string spec) => Rules.Yaml($"{{metadata: {{name: count, namespace: default, uid: u-1}}, spec: {{{spec}}}}}");
}
