using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Tests.Server;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Admission;

/// <summary>Quotas at admission, over HTTP; the tests write the status that the quota controller would.</summary>
public sealed class ResourceQuotaTests : IAsyncLifetime
{
    private const string Quotas = "/api/v1/namespaces/default/resourcequotas";
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Pods = "/api/v1/namespaces/default/pods";

    private TestApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        await _api.ServiceAccountAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Many_creators_at_once_never_get_more_than_there_is()
    {
        await QuotaAsync("q", """{"count/configmaps":"10","configmaps":"20"}""");
        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(index => Task.Run(() => _api.PostAsync(Maps, $$$"""{"metadata":{"name":"m{{{index}}}"}}"""))));

        Assert.Equal(10, answers.Count(static answer => answer.Code == HttpStatusCode.Created));
        Assert.All(answers.Where(static answer => answer.Code != HttpStatusCode.Created), static answer =>
        {
            Assert.Equal(HttpStatusCode.Forbidden, answer.Code);
            Assert.Matches("^configmaps \"m[0-9]+\" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=10, limited: count/configmaps=10$", answer.Message);
        });
        Assert.Equal(10, (await _api.GetAsync(Maps)).Json.Count("items"));
        Assert.Equal("""{"configmaps":"10","count/configmaps":"10"}""", await UsedAsync("q"));
    }

    [Fact]
    public async Task A_pod_must_say_what_a_quota_counts_and_is_told_what_is_left()
    {
        await QuotaAsync("q", """{"pods":"2","requests.cpu":"1","limits.memory":"1Gi"}""");
        Assert.Equal("pods \"silent\" is forbidden: failed quota: q: must specify limits.memory for: c; requests.cpu for: c", await RefusedAsync(Pod("silent", "{}")));

        (await _api.PostAsync(Pods, Pod("a", """{"requests":{"cpu":"600m"},"limits":{"memory":"512Mi"}}"""))).Expect(HttpStatusCode.Created);
        Assert.Equal(
            "pods \"b\" is forbidden: exceeded quota: q, requested: limits.memory=1Gi,requests.cpu=600m, used: limits.memory=512Mi,requests.cpu=600m, limited: limits.memory=1Gi,requests.cpu=1",
            await RefusedAsync(Pod("b", """{"requests":{"cpu":"600m"},"limits":{"memory":"1Gi"}}""")));
        (await _api.PostAsync(Pods, Pod("c", """{"requests":{"cpu":"400m"},"limits":{"memory":"512Mi"}}"""))).Expect(HttpStatusCode.Created);
        Assert.Equal("""{"limits.memory":"1Gi","pods":"2","requests.cpu":"1"}""", await UsedAsync("q"));
    }

    [Fact]
    public async Task A_dry_run_is_judged_and_not_charged()
    {
        await QuotaAsync("q", """{"configmaps":"1"}""");
        (await _api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("""{"configmaps":"0"}""", await UsedAsync("q"));
        (await _api.PostAsync(Maps, """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"b"}}""")).Expect(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task What_is_not_stored_in_the_end_is_given_back()
    {
        await QuotaAsync("q", """{"configmaps":"5","count/services":"5"}""");
        (await _api.PostAsync(Maps, """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync(Maps, """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Conflict);
        (await _api.PostAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"s"},"spec":{"clusterIP":"192.0.2.1","ports":[{"port":80}]}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Equal("""{"configmaps":"1","count/services":"0"}""", await UsedAsync("q"));
    }

    [Fact]
    public async Task One_quota_that_refuses_leaves_the_others_as_they_were()
    {
        await QuotaAsync("a", """{"configmaps":"5"}""");
        await QuotaAsync("b", """{"configmaps":"0"}""");
        Assert.StartsWith("configmaps \"m\" is forbidden: exceeded quota: b", await RefusedAsync("""{"metadata":{"name":"m"}}""", Maps), StringComparison.Ordinal);
        Assert.Equal("""{"configmaps":"0"}""", await UsedAsync("a"));
    }

    [Fact]
    public async Task An_update_pays_for_what_it_adds()
    {
        await QuotaAsync("q", """{"services":"2","services.nodeports":"2"}""");
        const string services = "/api/v1/namespaces/default/services";
        (await _api.PostAsync(services, """{"metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""")).Expect(HttpStatusCode.Created);
        (await _api.MergePatchAsync($"{services}/s", """{"spec":{"type":"NodePort"}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("""{"services":"1","services.nodeports":"1"}""", await UsedAsync("q"));
        var refused = await _api.MergePatchAsync($"{services}/s", """{"spec":{"ports":[{"name":"a","port":80},{"name":"b","port":81},{"name":"c","port":82}]}}""");
        Assert.Equal("services \"s\" is forbidden: exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=1, limited: services.nodeports=2", refused.Message);
    }

    [Fact]
    public async Task Scopes_decide_which_quota_pays()
    {
        await QuotaAsync("idle", """{"pods":"1"}""", """, scopes: [BestEffort]""");
        await QuotaAsync("vip", """{"pods":"0"}""", """, scopeSelector: {matchExpressions: [{scopeName: PriorityClass, operator: In, values: [system-node-critical]}]}""");
        (await _api.PostAsync(Pods, Pod("a", "{}"))).Expect(HttpStatusCode.Created);
        Assert.StartsWith("pods \"b\" is forbidden: exceeded quota: idle,", await RefusedAsync(Pod("b", "{}")), StringComparison.Ordinal);
        (await _api.PostAsync(Pods, Pod("c", """{"requests":{"cpu":"1"}}"""))).Expect(HttpStatusCode.Created);
        Assert.StartsWith("pods \"d\" is forbidden: exceeded quota: vip,", await RefusedAsync(Pod("d", """{"requests":{"cpu":"1"}}""", ""","priorityClassName":"system-node-critical" """)), StringComparison.Ordinal);
        Assert.Equal("""{"pods":"1"}""", await UsedAsync("idle"));
    }

    [Fact]
    public async Task A_count_taken_while_objects_are_being_stored_is_not_believed()
    {
        await QuotaAsync("q", """{"configmaps":"5"}""");
        (await _api.PostAsync(Maps, """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        var early = await _api.MergePatchAsync($"{Quotas}/q/status", """{"status":{"used":{"configmaps":"0"}}}""");
        Assert.Equal(HttpStatusCode.Conflict, early.Code);
        await Eventually.TrueAsync(async () => (await _api.MergePatchAsync($"{Quotas}/q/status", """{"status":{"used":{"configmaps":"0"}}}""")).Code == HttpStatusCode.OK);
    }

    private static string Pod(string name, string resources, string more = "") =>
        $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"containers":[{"name":"c","image":"busybox","resources":{{{resources}}}}]{{{more}}}}}""";

    private async Task<string> RefusedAsync(string body, string path = Pods) => (await _api.PostAsync(path, body)).Expect(HttpStatusCode.Forbidden).Message;

    private async Task QuotaAsync(string name, string hard, string scopes = "")
    {
        var spec = Registry.Rules.Yaml($"{{hard: {hard}{scopes}}}");
        var quota = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name }, ["spec"] = spec };
        (await _api.PostAsync(Quotas, quota.ToJsonString())).Expect(HttpStatusCode.Created);
        var used = new JsonObject(spec.Object("hard")!.Select(static entry => KeyValuePair.Create<string, JsonNode?>(entry.Key, "0")));
        var status = new JsonObject { ["status"] = new JsonObject { ["hard"] = spec.Object("hard")!.DeepClone(), ["used"] = used } };
        (await _api.MergePatchAsync($"{Quotas}/{name}/status", status.ToJsonString())).Expect(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await _api.GetAsync($"{Quotas}/{name}?resourceVersion=0")).Json.Object("status").Count("used") > 0); // The cache has it.
    }

    private async Task<string> UsedAsync(string name) => (await _api.GetAsync($"{Quotas}/{name}")).Json.Object("status")!["used"]!.ToJsonString();
}
