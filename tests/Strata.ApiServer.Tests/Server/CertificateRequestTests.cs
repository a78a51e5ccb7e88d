using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Tests.Registry.Certificates;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>Who may ask for certificates, approve and sign them.</summary>
public sealed class CertificateRequestTests : IAsyncLifetime
{
    private const string Requests = "/apis/certificates.k8s.io/v1/certificatesigningrequests";
    private const string Rbac = "/apis/rbac.authorization.k8s.io/v1";
    private const string Approved = """{"type":"Approved","status":"True","reason":"ok"}""";

    private TestApi _api = null!;

    public async ValueTask InitializeAsync() => _api = await TestApi.StartAsync();

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task A_request_says_who_made_it_whatever_they_write_and_stays_as_it_is()
    {
        var body = RequestOf("a", TestRequests.Jane, "example.com/mine", """,{"username":"root","groups":["system:masters"]}""");
        var created = (await _api.PostAsync(Requests, body)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal("admin", created["spec"]!["username"]!.GetValue<string>());
        Assert.Equal(["system:masters", "system:authenticated"], created["spec"]!["groups"]!.AsArray().Select(static group => group!.GetValue<string>()));
        Assert.Null(created["status"]?["conditions"]);

        var changed = (await _api.MergePatchAsync($"{Requests}/a", """{"spec":{"signerName":"example.com/other","username":"x"},"status":{"certificate":"QQ=="},"metadata":{"labels":{"a":"b"}}}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("example.com/mine", changed["spec"]!["signerName"]!.GetValue<string>());
        Assert.Equal("admin", changed["spec"]!["username"]!.GetValue<string>());
        Assert.Null(changed["status"]?["certificate"]);
        Assert.Equal("b", changed["metadata"]!["labels"]!["a"]!.GetValue<string>());
    }

    [Fact]
    public async Task Nobody_gets_a_certificate_for_the_masters()
    {
        var refused = (await _api.PostAsync(Requests, RequestOf("a", TestRequests.Master, "kubernetes.io/kube-apiserver-client"))).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(
            "certificatesigningrequests.certificates.k8s.io \"a\" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed", refused.Message);
    }

    [Fact]
    public async Task Approving_takes_the_verb_on_the_signer()
    {
        using var jane = _api.ClientWith(TestCertificates.Client("jane"));
        (await _api.PostAsync(Requests, RequestOf("a", TestRequests.Jane, "example.com/mine"))).Expect(HttpStatusCode.Created);
        (await _api.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"approver"},"rules":[{"verbs":["get","update","patch"],"apiGroups":["certificates.k8s.io"],"resources":["certificatesigningrequests/approval"]}]}""")).Expect(HttpStatusCode.Created);
        await BindAsync("approver");
        await Eventually.TrueAsync(async () => (await ApproveAsync(jane)).Message == "certificatesigningrequests.certificates.k8s.io \"a\" is forbidden: user not permitted to approve requests with signerName \"example.com/mine\"");

        (await _api.PostAsync($"{Rbac}/clusterroles", """{"metadata":{"name":"signer"},"rules":[{"verbs":["approve"],"apiGroups":["certificates.k8s.io"],"resources":["signers"],"resourceNames":["example.com/*"]}]}""")).Expect(HttpStatusCode.Created);
        await BindAsync("signer");
        await Eventually.TrueAsync(async () => (await ApproveAsync(jane)).Code == HttpStatusCode.OK);
        var condition = (await _api.GetAsync($"{Requests}/a")).Json["status"]!["conditions"]![0]!;
        Assert.NotNull(condition["lastUpdateTime"]);
        Assert.NotNull(condition["lastTransitionTime"]);
    }

    [Theory]
    [InlineData("approval", """{"conditions":[{"type":"Approved","status":"False"}]}""", "status.conditions[0].status: Unsupported value: \"False\": supported values: \"True\"")]
    [InlineData("approval", """{"conditions":[{"type":"Approved","status":"True"},{"type":"Denied","status":"True"}]}""", "Approved and Denied conditions are mutually exclusive")]
    [InlineData("status", """{"conditions":[{"type":"Approved","status":"True"}]}""", "status.conditions: Forbidden: updates may not add a condition of type \"Approved\"")]
    [InlineData("status", """{"certificate":"QQ=="}""", "status.certificate: Invalid value: \"<certificate data>\": must contain at least one CERTIFICATE PEM block")]
    public async Task A_decision_that_makes_no_sense_is_refused(string subresource, string status, string problem)
    {
        (await _api.PostAsync(Requests, RequestOf("a", TestRequests.Jane, "example.com/mine"))).Expect(HttpStatusCode.Created);
        var refused = (await _api.MergePatchAsync($"{Requests}/a/{subresource}", $$"""{"status":{{status}}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_is_final()
    {
        (await _api.PostAsync(Requests, RequestOf("a", TestRequests.Jane, "example.com/mine"))).Expect(HttpStatusCode.Created);
        (await ApproveAsync(_api.Admin)).Expect(HttpStatusCode.OK);
        var refused = (await _api.MergePatchAsync($"{Requests}/a/approval", """{"status":{"conditions":[]}}""")).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("updates may not remove a condition of type \"Approved\"", refused.Message, StringComparison.Ordinal);
        var conflict = await _api.MergePatchAsync($"{Requests}/a/approval", $$$"""{"metadata":{"resourceVersion":"1"},"status":{"conditions":[{{{Approved}}}] } }""");
        conflict.Expect(HttpStatusCode.Conflict);
    }

    private static string RequestOf(string name, string request, string signer, string more = "")
    {
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["request"] = request, ["signerName"] = signer, ["usages"] = new JsonArray("client auth") },
        };
        foreach (var (key, value) in more.Length > 0 ? JsonNode.Parse(more[1..])!.AsObject() : [])
        {
            body["spec"]![key] = value?.DeepClone();
        }

        return body.ToJsonString();
    }

    private static Task<Answer> ApproveAsync(HttpClient client) =>
        TestApi.SendAsync(client, HttpMethod.Patch, $"{Requests}/a/approval", $$"""{"status":{"conditions":[{{Approved}}] } }""", "application/merge-patch+json");

    private async Task BindAsync(string role) =>
        (await _api.PostAsync($"{Rbac}/clusterrolebindings", $$$"""{"metadata":{"name":"{{{role}}}"},"roleRef":{"kind":"ClusterRole","name":"{{{role}}}"},"subjects":[{"kind":"User","name":"jane"}]}""")).Expect(HttpStatusCode.Created);
}
