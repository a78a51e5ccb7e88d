using System.Net;
using System.Text.Json.Nodes;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>Roles and bindings, from their creation to the request that they allow.</summary>
public sealed class RbacTests : IAsyncLifetime
{
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Pods = "/api/v1/namespaces/default/pods";

    private TestApi _api = null!;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_role_binding_gives_its_role_in_its_namespace_until_it_is_gone()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await RoleAsync("reader", """{"verbs":["get","list"],"apiGroups":[""],"resources":["pods"]}""");
        await BindAsync("jane-reads", "Role", "reader", """{"kind":"User","name":"jane"}""");
        await EventuallyAsync(jane, HttpMethod.Get, Pods, HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Get, "/api/v1/namespaces/kube-system/pods"));
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Get, "/api/v1/pods"));
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Get, $"{Pods}/p/log"));
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Delete, $"{Pods}/p"));

        await _api.DeleteAsync($"{Rbac}/namespaces/default/rolebindings/jane-reads");
        await EventuallyAsync(jane, HttpMethod.Get, Pods, HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Names_in_a_rule_hold_for_requests_that_name_the_object()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await RoleAsync("one", """{"verbs":["get","list","watch","create"],"apiGroups":[""],"resources":["configmaps"],"resourceNames":["mine"]}""");
        await BindAsync("one", "Role", "one", """{"kind":"User","name":"jane"}""");
        const string maps = "/api/v1/namespaces/default/configmaps";
        await EventuallyAsync(jane, HttpMethod.Get, $"{maps}/mine", HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Get, $"{maps}/other"));
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Get, maps));
        Assert.Equal(HttpStatusCode.OK, await CodeAsync(jane, HttpMethod.Get, $"{maps}?fieldSelector=metadata.name%3Dmine"));

        // The name is not known yet when an object is created.
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(jane, HttpMethod.Post, maps, """{"metadata":{"name":"mine"}}"""));
    }

    [Fact]
    public async Task A_cluster_role_holds_everywhere_or_where_it_is_bound_for_users_groups_and_accounts()
    {
        using var dev = _api.ClientWith(TestCertificates.Client("joe", "dev"));
        (await _api.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"scaler"},"rules":[{"verbs":["get"],"apiGroups":["*"],"resources":["*/scale"]},{"verbs":["get"],"nonResourceURLs":["/metrics*"]}]}""")).Expect(HttpStatusCode.Created);
        await BindAsync("dev", "ClusterRole", "scaler", """{"kind":"Group","name":"dev"}""");
        await EventuallyAsync(dev, HttpMethod.Get, "/apis/apps/v1/namespaces/default/deployments/d/scale", HttpStatusCode.NotFound);
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(dev, HttpMethod.Get, "/apis/apps/v1/namespaces/kube-system/deployments/d/scale"));
        Assert.Equal(HttpStatusCode.Forbidden, await CodeAsync(dev, HttpMethod.Get, "/metrics"));

        (await _api.PostAsync($"{Rbac}/clusterrolebindings", """{"metadata":{"name":"all"},"roleRef":{"kind":"ClusterRole","name":"scaler"},"subjects":[{"kind":"ServiceAccount","name":"app","namespace":"default"}]}""")).Expect(HttpStatusCode.Created);
        await _api.ServiceAccountAsync("app");
        var token = (await _api.PostAsync("/api/v1/namespaces/default/serviceaccounts/app/token", "{}")).Expect(HttpStatusCode.Created).Json["status"]!["token"]!.GetValue<string>();
        using var app = _api.ClientWith(null, token);
        await EventuallyAsync(app, HttpMethod.Get, "/metrics", HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NotFound, await CodeAsync(app, HttpMethod.Get, "/apis/apps/v1/namespaces/kube-system/deployments/d/scale"));
    }

    [Fact]
    public async Task A_missing_role_is_told_with_the_refusal()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await BindAsync("nothing", "ClusterRole", "nope", """{"kind":"User","name":"jane"}""");
        await Eventually.TrueAsync(async () =>
        {
            var refused = await TestApi.SendAsync(jane, HttpMethod.Get, Pods);
            return refused.Message == "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\": RBAC: clusterrole.rbac.authorization.k8s.io \"nope\" not found";
        });
    }

    [Fact]
    public async Task Nobody_gives_more_than_they_have()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        // All verbs on roles would include escalate and bind.
        await RoleAsync("granter", """{"verbs":["create","update","patch","get","list"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles","rolebindings"]},{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}""");
        await BindAsync("granter", "Role", "granter", """{"kind":"User","name":"jane"}""");
        await EventuallyAsync(jane, HttpMethod.Get, $"{Rbac}/namespaces/default/roles", HttpStatusCode.OK);

        const string roles = $"{Rbac}/namespaces/default/roles";
        Assert.Equal(HttpStatusCode.Created, await CodeAsync(jane, HttpMethod.Post, roles, """{"metadata":{"name":"same"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}]}"""));
        var refused = (await TestApi.SendAsync(jane, HttpMethod.Post, roles, """{"metadata":{"name":"more"},"rules":[{"verbs":["get","list"],"apiGroups":[""],"resources":["secrets"]}]}""", TestApi.Json)).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"jane\" (groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\"]}",
            refused.Message);

        const string bindings = $"{Rbac}/namespaces/default/rolebindings";
        (await TestApi.SendAsync(jane, HttpMethod.Post, bindings, BindingOf("b1", "ClusterRole", "cluster-admin", """{"kind":"User","name":"jane"}"""), TestApi.Json)).Expect(HttpStatusCode.Forbidden);
        (await TestApi.SendAsync(jane, HttpMethod.Post, bindings, BindingOf("b2", "Role", "missing", """{"kind":"User","name":"jane"}"""), TestApi.Json)).Expect(HttpStatusCode.NotFound);
        (await TestApi.SendAsync(jane, HttpMethod.Post, bindings, BindingOf("b3", "Role", "same", """{"kind":"User","name":"joe"}"""), TestApi.Json)).Expect(HttpStatusCode.Created);

        // What is more than she has may still be labelled, and bound by who may bind it.
        (await TestApi.SendAsync(jane, HttpMethod.Patch, $"{roles}/granter", """{"metadata":{"labels":{"a":"b"}}}""", "application/merge-patch+json")).Expect(HttpStatusCode.OK);
        await RoleAsync("binder", """{"verbs":["bind"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"],"resourceNames":["view"]},{"verbs":["escalate"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["roles"]}""");
        await BindAsync("binder", "Role", "binder", """{"kind":"User","name":"jane"}""");
        await EventuallyAsync(jane, HttpMethod.Post, bindings, HttpStatusCode.Created, BindingOf("b4", "ClusterRole", "view", """{"kind":"User","name":"joe"}"""));
        (await TestApi.SendAsync(jane, HttpMethod.Post, roles, """{"metadata":{"name":"more"},"rules":[{"verbs":["get"],"apiGroups":[""],"resources":["secrets"]}]}""", TestApi.Json)).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_sum_of_roles_takes_all_permissions_to_write()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        (await _api.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"granter"},"rules":[{"verbs":["create"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"]}]}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync($"{Rbac}/clusterrolebindings", BindingOf("granter", "ClusterRole", "granter", """{"kind":"User","name":"jane"}"""))).Expect(HttpStatusCode.Created);
        const string sum = """{"metadata":{"name":"sum"},"aggregationRule":{"clusterRoleSelectors":[{"matchLabels":{"a":"b"}}]}}""";
        await Eventually.TrueAsync(async () =>
            (await TestApi.SendAsync(jane, HttpMethod.Post, $"{Rbac}/clusterroles", sum, TestApi.Json)).Message
                == "clusterroles.rbac.authorization.k8s.io \"sum\" is forbidden: must have cluster-admin privileges to use the aggregationRule");
    }

    [Fact]
    public async Task Replacing_what_does_not_exist_takes_the_permission_to_create()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await RoleAsync("updater", """{"verbs":["update","get"],"apiGroups":["coordination.k8s.io"],"resources":["leases"]}""");
        await BindAsync("updater", "Role", "updater", """{"kind":"User","name":"jane"}""");
        const string lease = "/apis/coordination.k8s.io/v1/namespaces/default/leases/l";
        await EventuallyAsync(jane, HttpMethod.Get, lease, HttpStatusCode.NotFound);
        var refused = (await TestApi.SendAsync(jane, HttpMethod.Put, lease, """{"metadata":{"name":"l"}}""", TestApi.Json)).Expect(HttpStatusCode.Forbidden);
        Assert.Contains("cannot create resource \"leases\"", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_what_does_not_exist_takes_the_permission_to_create()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await RoleAsync("patcher", """{"verbs":["patch","get"],"apiGroups":[""],"resources":["configmaps"]}""");
        await BindAsync("patcher", "Role", "patcher", """{"kind":"User","name":"jane"}""");
        const string map = "/api/v1/namespaces/default/configmaps/m";
        await EventuallyAsync(jane, HttpMethod.Get, map, HttpStatusCode.NotFound);
        const string body = """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},"data":{"a":"b"}}""";
        var refused = (await TestApi.SendAsync(jane, HttpMethod.Patch, $"{map}?fieldManager=jane", body, "application/apply-patch+yaml")).Expect(HttpStatusCode.Forbidden);
        Assert.Contains("cannot create resource \"configmaps\"", refused.Message, StringComparison.Ordinal);
        await _api.ConfigMapAsync("m");
        (await TestApi.SendAsync(jane, HttpMethod.Patch, $"{map}?fieldManager=jane", body, "application/apply-patch+yaml")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task The_first_roles_are_there_and_mended_at_the_next_start_unless_told_otherwise()
    {
        var role = (await _api.GetAsync($"{Rbac}/clusterroles/system:kube-dns")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("rbac-defaults", role["metadata"]!["labels"]!["kubernetes.io/bootstrapping"]!.GetValue<string>());
        const string lost = """{"rules":[{"verbs":["get"],"apiGroups":["own"],"resources":["own"]}]}""";
        (await _api.MergePatchAsync($"{Rbac}/clusterroles/system:kube-dns", lost)).Expect(HttpStatusCode.OK);
        (await _api.MergePatchAsync($"{Rbac}/clusterroles/system:heapster", """{"metadata":{"annotations":{"rbac.authorization.kubernetes.io/autoupdate":"false"}},""" + lost[1..])).Expect(HttpStatusCode.OK);
        (await _api.DeleteAsync($"{Rbac}/clusterrolebindings/system:discovery")).Expect(HttpStatusCode.OK);

        await using var next = await TestApi.StartAsync(options => options with { Store = _api.Store });
        var mended = (await next.GetAsync($"{Rbac}/clusterroles/system:kube-dns")).Json["rules"]!.AsArray();
        Assert.Equal("own", mended[0]!["resources"]![0]!.GetValue<string>());
        Assert.Contains(mended, static rule => rule!["resources"]!.AsArray().Any(static name => name!.GetValue<string>() == "endpoints"));
        Assert.Single((await next.GetAsync($"{Rbac}/clusterroles/system:heapster")).Json["rules"]!.AsArray());
        (await next.GetAsync($"{Rbac}/clusterrolebindings/system:discovery")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Rules_of_a_user_are_listed_with_what_they_are_bound_to()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        await RoleAsync("lister", """{"verbs":["list"],"apiGroups":["apps"],"resources":["deployments"],"resourceNames":["a"]}""");
        await BindAsync("lister", "Role", "lister", """{"kind":"User","name":"jane"}""");
        JsonNode status = new JsonObject();
        await Eventually.TrueAsync(async () =>
        {
            var review = await TestApi.SendAsync(jane, HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""", TestApi.Json);
            status = review.Expect(HttpStatusCode.Created).Json["status"]!;
            return status["resourceRules"]!.AsArray().Any(static rule => rule!["resources"]![0]!.GetValue<string>() == "deployments" && rule["resourceNames"]![0]!.GetValue<string>() == "a");
        });
        Assert.False(status["incomplete"]!.GetValue<bool>());
        Assert.Contains(status["nonResourceRules"]!.AsArray(), static rule => rule!["nonResourceURLs"]!.AsArray().Any(static path => path!.GetValue<string>() == "/version"));
    }

    [Fact]
    public async Task Acting_as_others_is_a_permission_on_their_names()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        (await _api.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"actor"},"rules":[{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["joe"]},{"verbs":["impersonate"],"apiGroups":[""],"resources":["groups"],"resourceNames":["dev"]},{"verbs":["impersonate"],"apiGroups":["authentication.k8s.io"],"resources":["userextras/team"],"resourceNames":["x"]}]}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync($"{Rbac}/clusterrolebindings", BindingOf("actor", "ClusterRole", "actor", """{"kind":"User","name":"jane"}"""))).Expect(HttpStatusCode.Created);
        await Eventually.TrueAsync(async () => await ActAsync(jane, ("User", "joe")) == HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.Created, await ActAsync(jane, ("User", "joe"), ("Group", "dev"), ("Extra-team", "x")));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(jane, ("User", "admin")));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(jane, ("User", "joe"), ("Group", "system:masters")));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(jane, ("User", "joe"), ("Extra-team", "y")));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(jane, ("User", "joe"), ("Uid", "1")));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(jane, ("User", "system:serviceaccount:default:default")));
    }

    private static async Task<HttpStatusCode> ActAsync(HttpClient client, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews") { Content = new StringContent("{}") };
        request.Content.Headers.ContentType = new(TestApi.Json);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add($"Impersonate-{name}", value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private static string BindingOf(string name, string kind, string role, string subject) =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"roleRef":{"kind":"{{{kind}}}","name":"{{{role}}}"},"subjects":[{{{subject}}}]}""";

    private static async Task<HttpStatusCode> CodeAsync(HttpClient client, HttpMethod method, string path, string? body = null) =>
        (await TestApi.SendAsync(client, method, path, body, body is null ? null : TestApi.Json)).Code;

    private static Task EventuallyAsync(HttpClient client, HttpMethod method, string path, HttpStatusCode code, string? body = null) =>
        Eventually.TrueAsync(async () => await CodeAsync(client, method, path, body) == code);

    private async Task RoleAsync(string name, string rules) =>
        (await _api.PostAsync($"{Rbac}/namespaces/default/roles", $$$"""{"metadata":{"name":"{{{name}}}"},"rules":[{{{rules}}}]}""")).Expect(HttpStatusCode.Created);

    private async Task BindAsync(string name, string kind, string role, string subject) =>
        (await _api.PostAsync($"{Rbac}/namespaces/default/rolebindings", BindingOf(name, kind, role, subject))).Expect(HttpStatusCode.Created);
}
