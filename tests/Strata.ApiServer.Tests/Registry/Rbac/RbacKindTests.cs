namespace Strata.ApiServer.Tests.Registry.Rbac;

public sealed class RbacKindTests
{
    private const string Rule = "{verbs: [get], apiGroups: [''], resources: [pods]}";

    [Theory]
    [InlineData("Role", "rules: [{apiGroups: [''], resources: [pods]}]", "rules[0].verbs: Required value: verbs must contain at least one value")]
    [InlineData("Role", "rules: [{verbs: [get], resources: [pods]}]", "rules[0].apiGroups: Required value: resource rules must supply at least one api group")]
    [InlineData("Role", "rules: [{verbs: [get], apiGroups: ['']}]", "rules[0].resources: Required value: resource rules must supply at least one resource")]
    [InlineData("Role", "rules: [{verbs: [get], nonResourceURLs: [/x]}]", "rules[0].nonResourceURLs: Invalid value: [\"/x\"]: namespaced rules cannot apply to non-resource URLs")]
    [InlineData("ClusterRole", "rules: [{verbs: [get], nonResourceURLs: [/x], resources: [pods]}]", "rules[0].nonResourceURLs: Invalid value: [\"/x\"]: rules cannot apply to both regular resources and non-resource URLs")]
    [InlineData("ClusterRole", "aggregationRule: {}", "aggregationRule.clusterRoleSelectors: Required value: at least one clusterRoleSelector required if aggregationRule is non-nil")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: ''}", "roleRef.name: Required value")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: a/b}", "roleRef.name: Invalid value: \"a/b\": may not contain '/'")]
    [InlineData("RoleBinding", "roleRef: {kind: Pod, name: a}", "roleRef.kind: Unsupported value: \"Pod\": supported values: \"Role\", \"ClusterRole\"")]
    [InlineData("ClusterRoleBinding", "roleRef: {kind: Role, name: a}", "roleRef.kind: Unsupported value: \"Role\": supported values: \"ClusterRole\"")]
    [InlineData("ClusterRoleBinding", "roleRef: {apiGroup: x, kind: ClusterRole, name: a}", "roleRef.apiGroup: Unsupported value: \"x\": supported values: \"rbac.authorization.k8s.io\"")]
    [InlineData("ClusterRoleBinding", "roleRef: {kind: ClusterRole, name: a}, subjects: [{kind: ServiceAccount, name: a}]", "subjects[0].namespace: Required value")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: a}, subjects: [{kind: User, name: ''}]", "subjects[0].name: Required value")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: A_}]", "subjects[0].name: Invalid value: \"A_\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: a}, subjects: [{kind: ServiceAccount, name: a, apiGroup: x}]", "subjects[0].apiGroup: Unsupported value: \"x\": supported values: \"\"")]
    [InlineData("RoleBinding", "roleRef: {kind: Role, name: a}, subjects: [{kind: Robot, name: a}]", "subjects[0].kind: Unsupported value: \"Robot\": supported values: \"Group\", \"ServiceAccount\", \"User\"")]
    public void An_object_with_one_problem_is_told_exactly_that(string kind, string fields, string problem) =>
        Assert.Equal([problem], Rules.Create(Kinds.Get(kind), Rules.Yaml($"{{metadata: {{name: a}}, {fields}}}")));

    [Theory]
    [InlineData("system:node", null)]
    [InlineData("Jane's role", null)]
    [InlineData("a/b", "metadata.name: Invalid value: \"a/b\": may not contain '/'")]
    [InlineData("a%b", "metadata.name: Invalid value: \"a%b\": may not contain '%'")]
    [InlineData("..", "metadata.name: Invalid value: \"..\": may not be '..'")]
    public void A_name_is_whatever_fits_into_a_path(string name, string? problem) =>
        Assert.Equal(problem is null ? [] : [problem], Rules.Create(Kinds.Get("Role"), Rules.Yaml($"{{metadata: {{name: \"{name}\"}}, rules: [{Rule}]}}")));

    [Theory]
    [InlineData("RoleBinding")]
    [InlineData("ClusterRoleBinding")]
    public void A_binding_keeps_its_role(string kind)
    {
        var strategy = Kinds.Get(kind);
        var old = Rules.Prepared(strategy, Rules.Yaml("{metadata: {name: a}, roleRef: {kind: ClusterRole, name: view}, subjects: [{kind: User, name: jane}]}"));
        Assert.Equal("rbac.authorization.k8s.io", old["subjects"]![0]!["apiGroup"]!.GetValue<string>());

        var changed = old.Copy();
        changed["roleRef"]!["name"] = "edit";
        Assert.Equal(
            ["roleRef: Invalid value: {\"kind\":\"ClusterRole\",\"name\":\"edit\",\"apiGroup\":\"rbac.authorization.k8s.io\"}: cannot change roleRef"],
            Rules.Update(strategy, changed, old));

        var without = old.Copy();
        without.Remove("subjects");
        Assert.Empty(Rules.Update(strategy, without, old));
    }
}
