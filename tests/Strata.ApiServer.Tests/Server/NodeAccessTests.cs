using System.Net;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>What a node agent may read and write: what the pods on its node need.</summary>
public sealed class NodeAccessTests : IAsyncLifetime
{
    private const string Default = "/api/v1/namespaces/default";

    private TestApi _api = null!;
    private HttpClient _node = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        _node = _api.ClientWith(TestCertificates.Client("system:node:n1", "system:nodes"));
        await _api.ServiceAccountAsync();
        await _api.ServiceAccountAsync("other");
        foreach (var name in (string[])["used", "unused"])
        {
            (await _api.PostAsync($"{Default}/secrets", $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Expect(HttpStatusCode.Created);
            await _api.ConfigMapAsync(name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _node.Dispose();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task Secrets_and_config_maps_are_readable_while_a_pod_on_the_node_uses_them()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync($"{Default}/secrets/used"));
        await UserPodAsync("p", "n1");
        await Eventually.TrueAsync(async () => await GetAsync($"{Default}/secrets/used") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"{Default}/configmaps/used"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync($"{Default}/secrets?fieldSelector=metadata.name%3Dused"));

        var refused = (await TestApi.SendAsync(_node, HttpMethod.Get, $"{Default}/secrets/unused")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(
            "secrets \"unused\" is forbidden: User \"system:node:n1\" cannot get resource \"secrets\" in API group \"\" in the namespace \"default\": no relationship found between node 'n1' and this object",
            refused.Message);
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync($"{Default}/configmaps/unused"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync($"{Default}/secrets"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/namespaces/kube-system/secrets/used"));
        using var neighbour = _api.ClientWith(TestCertificates.Client("system:node:n2", "system:nodes"));
        Assert.Equal(HttpStatusCode.Forbidden, (await TestApi.SendAsync(neighbour, HttpMethod.Get, $"{Default}/secrets/used")).Code);

        (await _api.DeleteAsync($"{Default}/pods/p?gracePeriodSeconds=0")).Expect(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => await GetAsync($"{Default}/secrets/used") == HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Tokens_are_issued_for_the_accounts_of_the_nodes_pods_bound_to_those_pods()
    {
        var uid = await UserPodAsync("p", "n1");
        var bound = $$$"""{"spec":{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p","uid":"{{{uid}}}"} } }""";
        await Eventually.TrueAsync(async () => await PostAsync($"{Default}/serviceaccounts/default/token", bound) == HttpStatusCode.Created);
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync($"{Default}/serviceaccounts/other/token", bound));
        var loose = (await TestApi.SendAsync(_node, HttpMethod.Post, $"{Default}/serviceaccounts/default/token", "{}", TestApi.Json)).Expect(HttpStatusCode.Forbidden);
        Assert.Contains("node requested token not bound to a pod", loose.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pods_and_nodes_of_others_are_out_of_sight()
    {
        await UserPodAsync("mine", "n1");
        await UserPodAsync("theirs", "n2");
        await Eventually.TrueAsync(async () => await GetAsync($"{Default}/pods/mine") == HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync($"{Default}/pods/theirs"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/pods"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/v1/pods?fieldSelector=spec.nodeName%3Dn1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/pods?fieldSelector=spec.nodeName%3Dn2"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/api/v1/nodes/n1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/nodes/n2"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/api/v1/nodes"));
        Assert.Equal(HttpStatusCode.OK, await GetAsync("/api/v1/services"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n2"));
        Assert.Equal(HttpStatusCode.Forbidden, await GetAsync("/apis/coordination.k8s.io/v1/namespaces/default/leases/n1"));
    }

    private async Task<string> UserPodAsync(string name, string node)
    {
        var pod = await _api.PostAsync(
            $"{Default}/pods",
            $$$"""
            {"metadata":{"name":"{{{name}}}"},"spec":{"nodeName":"{{{node}}}","automountServiceAccountToken":false,"volumes":[{"name":"v","secret":{"secretName":"used"}}],
             "containers":[{"name":"c","image":"busybox","envFrom":[{"configMapRef":{"name":"used"}}]}]}}
            """);
        return pod.Expect(HttpStatusCode.Created).Json["metadata"]!["uid"]!.GetValue<string>();
    }

    private async Task<HttpStatusCode> GetAsync(string path) => (await TestApi.SendAsync(_node, HttpMethod.Get, path)).Code;

    private async Task<HttpStatusCode> PostAsync(string path, string body) => (await TestApi.SendAsync(_node, HttpMethod.Post, path, body, TestApi.Json)).Code;
}
