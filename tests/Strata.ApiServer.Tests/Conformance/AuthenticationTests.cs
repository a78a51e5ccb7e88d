using System.Net;
using Strata.ApiServer.Tests.Registry.Certificates;
using Strata.ApiServer.Tests.Server;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Conformance;

/// <summary>Upstream's <c>test/e2e/auth</c> behaviours that need the API server alone.</summary>
public sealed class AuthenticationTests : IClassFixture<SharedApi>
{
    private readonly TestApi _api;

    public AuthenticationTests(SharedApi shared) => _api = shared.Api;

    /// <summary>certificates "should support CSR API operations"; what approval means is in <see cref="CertificateRequestTests"/>.</summary>
    [Fact]
    public async Task A_certificate_request_goes_through_its_operations()
    {
        var operations = new ApiOperations(_api, "certificates.k8s.io/v1", "certificatesigningrequests", "");
        var body = $$$"""{"spec":{"request":"{{{TestRequests.Jane}}}","signerName":"example.com/e2e","usages":["client auth"]}}""";
        await operations.RunAsync(body, """{"conditions":[{"type":"StatusUpdate","status":"True","reason":"E2E","message":"Set from an e2e test"}]}""");

        var created = await operations.CreateAsync(body);
        var path = operations.PathOf(created);
        var approved = (await _api.MergePatchAsync($"{path}/approval", """{"metadata":{"annotations":{"patchedapproval":"true"}},"status":{"conditions":[{"type":"Approved","status":"True","reason":"E2E","message":"m"}]}}"""))
            .Expect(HttpStatusCode.OK);
        Assert.Equal("Approved", approved.Json["status"]!["conditions"]![0]!["type"]!.GetValue<string>());
        Assert.Equal("true", approved.Json["metadata"]!["annotations"]!["patchedapproval"]!.GetValue<string>());
        (await _api.MergePatchAsync($"{path}/approval", """{"metadata":{"resourceVersion":"1"}}""")).Expect(HttpStatusCode.Conflict);
        (await _api.DeleteAsync($"{operations.Collection}?{operations.Selector}")).Expect(HttpStatusCode.OK);
    }

    /// <summary>subjectreviews "should support SubjectReview API operations".</summary>
    [Fact]
    public async Task Reviews_answer_for_a_service_account_in_the_cluster_and_in_a_namespace()
    {
        (await _api.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"reviewed"}}""")).Expect(HttpStatusCode.Created);
        const string attributes = """{"apiVersion":"authorization.k8s.io/v1","kind":"KIND","metadata":{NAMESPACE},"spec":{"resourceAttributes":{"verb":"list","resource":"configmaps","namespace":"default","version":"v1"},"user":"system:serviceaccount:default:reviewed","groups":["system:authenticated"],"uid":"u","extra":{"a":["b"]}}}""";
        var wide = attributes.Replace("KIND", "SubjectAccessReview", StringComparison.Ordinal).Replace("NAMESPACE", "", StringComparison.Ordinal);
        var narrow = attributes.Replace("KIND", "LocalSubjectAccessReview", StringComparison.Ordinal).Replace("NAMESPACE", "\"namespace\":\"default\"", StringComparison.Ordinal);
        Assert.False(await AskAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", wide));
        Assert.False(await AskAsync("/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews", narrow));

        // What the reviews say is what the account gets.
        using var client = _api.ClientWith(null, await TokenAsync());
        (await TestApi.SendAsync(client, HttpMethod.Get, "/api/v1/namespaces/default/configmaps")).Expect(HttpStatusCode.Forbidden);
        const string rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
        (await _api.PostAsync($"{rbac}/roles", """{"metadata":{"name":"reviewed"},"rules":[{"verbs":["list"],"apiGroups":[""],"resources":["configmaps"]}]}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync($"{rbac}/rolebindings", """{"metadata":{"name":"reviewed"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"Role","name":"reviewed"},"subjects":[{"kind":"ServiceAccount","name":"reviewed","namespace":"default"}]}"""))
            .Expect(HttpStatusCode.Created);
        await Eventually.TrueAsync(async () => (await TestApi.SendAsync(client, HttpMethod.Get, "/api/v1/namespaces/default/configmaps")).Code == HttpStatusCode.OK);
        Assert.True(await AskAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", wide));
        Assert.True(await AskAsync("/apis/authorization.k8s.io/v1/namespaces/default/localsubjectaccessreviews", narrow));
    }

    private async Task<string> TokenAsync() =>
        (await _api.PostAsync("/api/v1/namespaces/default/serviceaccounts/reviewed/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}"""))
            .Expect(HttpStatusCode.Created).Json["status"]!["token"]!.GetValue<string>();

    private async Task<bool> AskAsync(string path, string body) => (await _api.PostAsync(path, body)).Expect(HttpStatusCode.Created).Json["status"]!["allowed"]!.GetValue<bool>();
}
