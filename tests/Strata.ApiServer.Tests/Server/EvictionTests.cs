using System.Net;

namespace Strata.ApiServer.Tests.Server;

/// <summary>Evictions of pods that a disruption budget guards.</summary>
public sealed class EvictionTests
{
    private const string Pods = "/api/v1/namespaces/default/pods";
    private const string Budgets = "/apis/policy/v1/namespaces/default/poddisruptionbudgets";

    [Fact]
    public async Task A_budget_allows_as_many_evictions_as_it_says()
    {
        await using var api = await TestApi.StartAsync();
        await BudgetAsync(api, "b", """{"disruptionsAllowed":1,"currentHealthy":2,"desiredHealthy":1,"expectedPods":2,"observedGeneration":1}""");
        await ReadyPodAsync(api, "p1");
        await ReadyPodAsync(api, "p2");
        (await EvictAsync(api, "p1")).Expect(HttpStatusCode.Created);
        var budget = (await api.GetAsync($"{Budgets}/b")).Json["status"]!;
        Assert.Equal(0, budget["disruptionsAllowed"]!.GetValue<int>());
        Assert.NotNull(budget["disruptedPods"]!["p1"]);
        Assert.Equal("InsufficientPods", budget["conditions"]![0]!["reason"]!.GetValue<string>());
        var refused = (await EvictAsync(api, "p2")).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal("Cannot evict pod as it would violate the pod's disruption budget.", refused.Message);
        var cause = refused.Json["details"]!["causes"]![0]!;
        Assert.Equal("DisruptionBudget", cause["reason"]!.GetValue<string>());
        Assert.Equal("The disruption budget b needs 1 healthy pods and has 2 currently", cause["message"]!.GetValue<string>());

        // The pod that is on its way is not counted again.
        (await EvictAsync(api, "p1")).Expect(HttpStatusCode.Created);
    }

    [Fact]
    public async Task A_dry_run_takes_nothing()
    {
        await using var api = await TestApi.StartAsync();
        await BudgetAsync(api, "b", """{"disruptionsAllowed":1,"currentHealthy":1,"desiredHealthy":0,"observedGeneration":1}""");
        await ReadyPodAsync(api, "p");
        (await api.PostAsync($"{Pods}/p/eviction?dryRun=All", """{"metadata":{"name":"p"}}""")).Expect(HttpStatusCode.Created);
        Assert.Equal(1, (await api.GetAsync($"{Budgets}/b")).Json["status"]!["disruptionsAllowed"]!.GetValue<int>());
        Assert.Null((await api.GetAsync($"{Pods}/p")).Json["metadata"]!["deletionTimestamp"]);
    }

    [Fact]
    public async Task A_budget_that_its_controller_has_not_seen_yet_allows_nothing()
    {
        await using var api = await TestApi.StartAsync();
        await BudgetAsync(api, "b", null);
        await ReadyPodAsync(api, "p");
        var refused = (await EvictAsync(api, "p")).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal("10", refused.Headers.RetryAfter!.ToString());
        Assert.Contains("is still being processed by the server", refused.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_budgets_for_one_pod_are_an_error()
    {
        await using var api = await TestApi.StartAsync();
        await BudgetAsync(api, "a", null);
        await BudgetAsync(api, "b", null);
        await ReadyPodAsync(api, "p");
        var refused = (await EvictAsync(api, "p")).Expect(HttpStatusCode.InternalServerError);
        Assert.Equal("This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.", refused.Message);
    }

    [Theory]
    [InlineData("IfHealthyBudget", 1, 1, HttpStatusCode.Created)]
    [InlineData("IfHealthyBudget", 0, 1, HttpStatusCode.TooManyRequests)]
    [InlineData("AlwaysAllow", 0, 1, HttpStatusCode.Created)]
    public async Task A_pod_that_is_not_ready_goes_when_nobody_misses_it(string policy, int healthy, int desired, HttpStatusCode expected)
    {
        await using var api = await TestApi.StartAsync();
        await BudgetAsync(api, "b", $$"""{"observedGeneration":1,"disruptionsAllowed":0,"currentHealthy":{{healthy}},"desiredHealthy":{{desired}} }""", policy);
        await ReadyPodAsync(api, "p", "False");
        (await EvictAsync(api, "p")).Expect(expected);
    }

    private static Task<Answer> EvictAsync(TestApi api, string pod) => api.PostAsync($"{Pods}/{pod}/eviction", "{\"metadata\":{\"name\":\"" + pod + "\"}}");

    private static async Task BudgetAsync(TestApi api, string name, string? status, string policy = "IfHealthyBudget")
    {
        (await api.PostAsync(Budgets, $$$"""{"metadata":{"name":"{{{name}}}"},"spec":{"minAvailable":1,"unhealthyPodEvictionPolicy":"{{{policy}}}","selector":{} } }""")).Expect(HttpStatusCode.Created);
        if (status is not null)
        {
            (await api.MergePatchAsync($"{Budgets}/{name}/status", "{\"status\":" + status + "}")).Expect(HttpStatusCode.OK);
        }
    }

    private static async Task ReadyPodAsync(TestApi api, string name, string ready = "True")
    {
        if ((await api.GetAsync("/api/v1/namespaces/default/serviceaccounts/default")).Code == HttpStatusCode.NotFound)
        {
            await api.ServiceAccountAsync();
        }

        await api.PodAsync(name, "n1");
        (await api.MergePatchAsync($"{Pods}/{name}/status", $$$"""{"status":{"phase":"Running","conditions":[{"status":"{{{ready}}}","type":"Ready"}]}}""")).Expect(HttpStatusCode.OK);
    }
}
