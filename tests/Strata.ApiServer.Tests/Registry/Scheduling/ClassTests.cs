namespace Strata.ApiServer.Tests.Registry.Scheduling;

/// <summary>Priority and runtime classes.</summary>
public sealed class ClassTests
{
    private const string Toleration = "{key: a, operator: Exists}";

    [Theory]
    [InlineData("PriorityClass", "value: 1000000001", "value: Forbidden: maximum allowed value of a user defined priority is 1000000000")]
    [InlineData("PriorityClass", "value: 1, preemptionPolicy: Maybe", "preemptionPolicy: Unsupported value: \"Maybe\": supported values: \"Never\", \"PreemptLowerPriority\"")]
    [InlineData("PriorityClass", "value: -5")]
    [InlineData("RuntimeClass", "handler: Runc", "handler: Invalid value: \"Runc\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')")]
    [InlineData("RuntimeClass", "handler: a, scheduling: {nodeSelector: {a: '-'}}", "scheduling.nodeSelector: Invalid value: \"-\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')")]
    [InlineData("RuntimeClass", $"handler: a, scheduling: {{tolerations: [{Toleration}, {Toleration}]}}", "scheduling.tolerations[1]: Duplicate value: {\"key\":\"a\",\"operator\":\"Exists\"}")]
    public void A_class_with_one_problem_is_told_exactly_that(string kind, string body, params string[] problems) => OneProblem.Create(kind, body, problems);

    [Theory]
    [InlineData("PriorityClass", "value: 1", "value: 2", "value: Forbidden: may not be changed in an update.")]
    [InlineData("PriorityClass", "value: 1", "value: 1, preemptionPolicy: Never", "preemptionPolicy: Invalid value: \"Never\": field is immutable")]
    [InlineData("PriorityClass", "value: 1", "value: 1, globalDefault: true, description: x")]
    [InlineData("RuntimeClass", "handler: a", "handler: b", "handler: Invalid value: \"b\": field is immutable")]
    [InlineData("RuntimeClass", "handler: a", "handler: a, scheduling: {nodeSelector: {a: b}}")]
    public void Changing_a_class_is_told_what_may_not_change(string kind, string before, string after, params string[] problems) => OneProblem.Update(kind, before, after, problems);

    [Theory]
    [InlineData("system-node-critical", 2000001000, true)]
    [InlineData("system-node-critical", 5, false)]
    [InlineData("system-other", 5, false)]
    public void Names_of_the_system_are_the_systems(string name, long value, bool isAllowed)
    {
        string[] problems = isAllowed ? [] : [$"metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: {name} is not a known system priority class"];
        Assert.Equal(problems, Rules.Create(Kinds.Get("PriorityClass"), Rules.Yaml($"{{metadata: {{name: {name}}}, value: {value}}}")));
    }
}
