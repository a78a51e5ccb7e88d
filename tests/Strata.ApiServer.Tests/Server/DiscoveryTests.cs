using System.Net;

namespace Strata.ApiServer.Tests.Server;

public sealed class DiscoveryTests : IClassFixture<SharedApi>
{
    private const string Aggregated =
        "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

    private readonly TestApi _api;

    public DiscoveryTests(SharedApi shared) => _api = shared.Api;

    [Fact]
    public async Task The_aggregated_form_lists_resources_with_their_subresources()
    {
        var answer = (await _api.GetAsync("/api", Aggregated)).Expect(HttpStatusCode.OK);
        Assert.Equal("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", answer.ContentHeaders.ContentType!.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.NotNull(answer.Headers.ETag);
        var core = answer.Json["items"]![0]!["versions"]![0]!;
        Assert.Equal("v1", core["version"]!.GetValue<string>());
        var pods = core["resources"]!.AsArray().Single(static resource => resource!["resource"]!.GetValue<string>() == "pods")!;
        Assert.Equal("Namespaced", pods["scope"]!.GetValue<string>());
        Assert.Contains("po", pods["shortNames"]!.AsArray().Select(static name => name!.GetValue<string>()));
        var names = pods["subresources"]!.AsArray().Select(static sub => sub!["subresource"]!.GetValue<string>());
        Assert.Equal(["attach", "binding", "ephemeralcontainers", "eviction", "exec", "log", "portforward", "proxy", "resize", "status"], names.Order());
        var eviction = pods["subresources"]!.AsArray().Single(static sub => sub!["subresource"]!.GetValue<string>() == "eviction")!;
        Assert.Equal("policy", eviction["responseKind"]!["group"]!.GetValue<string>());
    }

    [Fact]
    public async Task Groups_come_in_the_order_of_preference()
    {
        var groups = (await _api.GetAsync("/apis", Aggregated)).Json["items"]!.AsArray().Select(static item => item!["metadata"]!["name"]!.GetValue<string>());
        string[] order =
        [
            "apiregistration.k8s.io", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "networking.k8s.io",
            "policy", "rbac.authorization.k8s.io", "storage.k8s.io", "admissionregistration.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
            "node.k8s.io", "discovery.k8s.io", "flowcontrol.apiserver.k8s.io", "resource.k8s.io",
        ];
        var served = groups.ToList();
        Assert.Equal(order.Where(served.Contains), served);
    }

    [Fact]
    public async Task What_has_not_changed_is_not_sent_again()
    {
        var tag = (await _api.GetAsync("/apis", Aggregated)).Headers.ETag!;
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.TryAddWithoutValidation("Accept", Aggregated);
        request.Headers.IfNoneMatch.Add(tag);
        using var response = await _api.Admin.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, response.StatusCode);
    }

    [Theory]
    [InlineData("/api", "APIVersions")]
    [InlineData("/apis", "APIGroupList")]
    [InlineData("/apis/apps", "APIGroup")]
    [InlineData("/apis/apps/", "APIGroup")]
    [InlineData("/apis/apps/v1", "APIResourceList")]
    [InlineData("/api/v1", "APIResourceList")]
    public async Task The_older_documents_are_there(string path, string kind) =>
        Assert.Equal(kind, (await _api.GetAsync(path)).Expect(HttpStatusCode.OK).Json["kind"]!.GetValue<string>());

    [Fact]
    public async Task Subresources_are_entries_of_their_own_in_the_older_form()
    {
        var resources = (await _api.GetAsync("/apis/apps/v1")).Json["resources"]!.AsArray();
        var scale = resources.Single(static resource => resource!["name"]!.GetValue<string>() == "deployments/scale")!;
        Assert.Equal("autoscaling", scale["group"]!.GetValue<string>());
        Assert.Equal("Scale", scale["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_version_is_one_that_clients_understand()
    {
        var version = (await _api.GetAsync("/version")).Json;
        Assert.StartsWith("v1.32.", version["gitVersion"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("32", version["minor"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    [InlineData("/readyz/etcd")]
    public async Task A_running_server_is_well(string path) => Assert.Equal("ok", (await _api.GetAsync(path)).Expect(HttpStatusCode.OK).Body);

    [Fact]
    public async Task Checks_are_listed_on_request_and_can_be_left_out()
    {
        var report = (await _api.GetAsync("/readyz?verbose&exclude=etcd")).Expect(HttpStatusCode.OK).Body;
        Assert.Contains("[+]ping ok\n", report, StringComparison.Ordinal);
        Assert.Contains("[+]etcd excluded: ok\n", report, StringComparison.Ordinal);
        Assert.EndsWith("readyz check passed\n", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_tells_kubectl_that_fields_can_be_validated()
    {
        var index = (await _api.GetAsync("/openapi/v3")).Expect(HttpStatusCode.OK).Json;
        var address = index["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!.GetValue<string>();
        var document = (await _api.GetAsync(address)).Expect(HttpStatusCode.OK);
        Assert.Contains("immutable", document.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
        var patch = document.Json["paths"]!["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]!["patch"]!;
        Assert.Contains("fieldValidation", patch.ToJsonString(), StringComparison.Ordinal);
        Assert.NotNull(patch["requestBody"]!["content"]!["application/strategic-merge-patch+json"]);
    }

    [Fact]
    public async Task OpenApi_with_an_outdated_hash_leads_to_the_present_document()
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false };
        handler.SslOptions.ClientCertificates = [TestCertificates.Client("admin", "system:masters")];
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler) { BaseAddress = _api.Address };
        using var response = await client.GetAsync("/openapi/v3/api/v1?hash=OLD", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.MovedPermanently, response.StatusCode);
        Assert.StartsWith("/openapi/v3/api/v1?hash=", response.Headers.Location!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_version_2_is_whole_in_json_and_empty_in_protobuf()
    {
        Assert.Equal("2.0", (await _api.GetAsync("/openapi/v2", "*/*")).Expect(HttpStatusCode.OK).Json["swagger"]!.GetValue<string>());
        var empty = (await _api.GetAsync("/openapi/v2", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf")).Expect(HttpStatusCode.OK);
        Assert.Equal("application/com.github.proto-openapi.spec.v2.v1.0+protobuf", empty.ContentHeaders.ContentType!.MediaType);
        (await _api.GetAsync("/openapi/v2", "text/html")).Expect(HttpStatusCode.NotAcceptable);
    }

    [Fact]
    public async Task The_root_lists_the_paths()
    {
        var paths = (await _api.GetAsync("/")).Json["paths"]!.AsArray().Select(static path => path!.GetValue<string>()).ToList();
        Assert.Contains("/api/v1", paths);
        Assert.Contains("/version", paths);
        Assert.Contains("/openapi/v3/apis/apps/v1", paths);
    }

    [Fact]
    public async Task Requests_are_counted()
    {
        await _api.GetAsync("/api/v1/namespaces/default/configmaps/taken");
        var metrics = (await _api.GetAsync("/metrics")).Expect(HttpStatusCode.OK).Body;
        Assert.Contains("apiserver_request_total{code=\"200\",component=\"apiserver\",dry_run=\"\",group=\"\",resource=\"configmaps\",scope=\"resource\",subresource=\"\",verb=\"GET\",version=\"v1\"}", metrics, StringComparison.Ordinal);
    }
}
