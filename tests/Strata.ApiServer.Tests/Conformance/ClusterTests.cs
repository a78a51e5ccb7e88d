using System.Net;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/network/apiserver.go</c> and the parts of <c>scheduling/preemption.go</c>, <c>common/node/configmap.go</c> and <c>common/node/secrets.go</c> that need the API
/// server alone.</summary>
public sealed class ClusterTests : IClassFixture<SharedApi>
{
    private readonly TestApi _api;

    public ClusterTests(SharedApi shared) => _api = shared.Api;

    /// <summary>"API Server should provide secure master service", "should have Endpoints and EndpointSlices pointing to API Server".</summary>
    [Fact]
    public async Task The_server_is_a_service_with_endpoints_and_slices_that_agree()
    {
        await using var api = await TestApi.StartAsync(static options => options with { AdvertiseAddress = IPAddress.Parse("10.1.2.3") });
        var service = (await api.GetAsync("/api/v1/namespaces/default/services/kubernetes")).Expect(HttpStatusCode.OK).Json;
        Assert.Contains(service["spec"]!["ports"]!.AsArray(), static port => port!["name"]!.GetValue<string>() == "https" && port["port"]!.GetValue<int>() == 443);
        var endpoints = (await api.GetAsync("/api/v1/namespaces/default/endpoints/kubernetes")).Expect(HttpStatusCode.OK).Json;
        var subset = Assert.Single(endpoints["subsets"]!.AsArray())!;
        var slice = Assert.Single((await api.GetAsync("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices?labelSelector=kubernetes.io/service-name%3Dkubernetes")).Json["items"]!.AsArray())!;
        Assert.Equal(
            subset["addresses"]!.AsArray().Select(static address => address!["ip"]!.GetValue<string>()),
            slice["endpoints"]!.AsArray().Select(static endpoint => endpoint!["addresses"]![0]!.GetValue<string>()));
        Assert.Equal(subset["ports"]![0]!["port"]!.GetValue<int>(), slice["ports"]![0]!["port"]!.GetValue<int>());
        Assert.Equal(api.Address.Port, slice["ports"]![0]!["port"]!.GetValue<int>());
    }

    /// <summary>service_cidrs "ServiceCIDR API operations": upstream's test only reads the range that the cluster began with.</summary>
    [Fact]
    public async Task The_range_of_cluster_addresses_is_an_object_that_is_ready()
    {
        const string path = "/apis/networking.k8s.io/v1/servicecidrs/kubernetes";
        var range = (await _api.GetAsync(path)).Expect(HttpStatusCode.OK).Json;
        var status = (await _api.GetAsync($"{path}/status")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(range.ToJsonString(), status.ToJsonString());
        Assert.Equal("Ready", status["status"]!["conditions"]![0]!["type"]!.GetValue<string>());
    }

    /// <summary>"PriorityClass endpoints verify PriorityClass endpoints can be operated with different HTTP methods".</summary>
    [Fact]
    public async Task The_value_of_a_priority_class_stays()
    {
        const string classes = "/apis/scheduling.k8s.io/v1/priorityclasses";
        (await _api.PostAsync(classes, """{"metadata":{"name":"p1"},"value":1}""")).Expect(HttpStatusCode.Created);
        (await _api.MergePatchAsync($"{classes}/p1", """{"description":"updated","value":1}""")).Expect(HttpStatusCode.OK);
        var refused = (await _api.MergePatchAsync($"{classes}/p1", """{"value":2}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("value", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>"ConfigMap should fail to create ConfigMap with empty key", "Secrets should fail to create secret due to empty secret key".</summary>
    [Theory]
    [InlineData("configmaps", """{"metadata":{"name":"empty-key"},"data":{"":"value"}}""")]
    [InlineData("secrets", """{"metadata":{"name":"empty-key"},"data":{"":"dmFsdWU="}}""")]
    public async Task An_empty_key_is_refused(string resource, string body) =>
        (await _api.PostAsync($"/api/v1/namespaces/default/{resource}", body)).Expect(HttpStatusCode.UnprocessableEntity);

    /// <summary>configmap_volume and secrets_volume "should be immutable if `immutable` field is set".</summary>
    [Theory]
    [InlineData("configmaps", "one", "two")]
    [InlineData("secrets", "b25l", "dHdv")]
    public async Task What_is_immutable_stays(string resource, string value, string other)
    {
        var path = $"/api/v1/namespaces/default/{resource}";
        (await _api.PostAsync(path, $$$"""{"metadata":{"name":"fixed"},"data":{"a":"{{{value}}}"}}""")).Expect(HttpStatusCode.Created);
        (await _api.MergePatchAsync($"{path}/fixed", $$$"""{"data":{"a":"{{{other}}}"}}""")).Expect(HttpStatusCode.OK);
        (await _api.MergePatchAsync($"{path}/fixed", """{"immutable":true}""")).Expect(HttpStatusCode.OK);
        (await _api.MergePatchAsync($"{path}/fixed", $$$"""{"data":{"a":"{{{value}}}"}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await _api.MergePatchAsync($"{path}/fixed", """{"immutable":false}""")).Expect(HttpStatusCode.UnprocessableEntity);
        (await _api.MergePatchAsync($"{path}/fixed", """{"metadata":{"labels":{"a":"b"}}}""")).Expect(HttpStatusCode.OK);
        (await _api.DeleteAsync($"{path}/fixed")).Expect(HttpStatusCode.OK);
    }
}
