using System.Net;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Tests.Server;

public sealed class ErrorFormTests : IClassFixture<SharedApi>
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private readonly TestApi _api;

    public ErrorFormTests(SharedApi shared) => _api = shared.Api;

    public static TheoryData<string, string, string?, string, int, string, string> Refusals => new()
    {
        { "GET", $"{Maps}/missing", null, "", 404, "NotFound", "configmaps \"missing\" not found" },
        { "GET", $"{Deployments}/missing", null, "", 404, "NotFound", "deployments.apps \"missing\" not found" },
        { "GET", "/api/v1/namespaces/default/foos", null, "", 404, "NotFound", "the server could not find the requested resource" },
        { "GET", "/apis/nope.example/v1/foos", null, "", 404, "NotFound", "the server could not find the requested resource" },
        { "GET", "/nowhere", null, "", 404, "NotFound", "the server could not find the requested resource" },
        { "GET", "/api/v1/configmaps/name", null, "", 404, "NotFound", "the server could not find the requested resource" },
        { "GET", "/api/v1/namespaces/default/nodes", null, "", 404, "NotFound", "the server could not find the requested resource" },
        { "POST", $"{Maps}/x", "{}", "application/json", 405, "MethodNotAllowed", "the server does not allow this method on the requested resource" },
        { "POST", "/api/v1/configmaps", "{}", "application/json", 405, "MethodNotAllowed", "" },
        { "DELETE", "/api/v1/namespaces", null, "", 405, "MethodNotAllowed", "" },
        { "POST", Maps, "{", "application/json", 400, "BadRequest", "not valid JSON" },
        { "POST", Maps, "[]", "application/json", 400, "BadRequest", "must be one ConfigMap object" },
        { "POST", Maps, "", "application/json", 400, "BadRequest", "the body is empty" },
        { "POST", Maps, "a: [", "application/yaml", 400, "BadRequest", "" },
        { "POST", Maps, "x", "application/vnd.kubernetes.protobuf", 400, "BadRequest", "protobuf" },
        { "POST", Maps, "x", "text/plain", 415, "UnsupportedMediaType", "the body of the request was in an unknown format" },
        { "POST", Maps, """{"apiVersion":"v2","kind":"ConfigMap"}""", "application/json", 400, "BadRequest", "the API version in the data (v2) does not match the expected API version (v1)" },
        { "POST", Maps, """{"apiVersion":"v1","kind":"Secret"}""", "application/json", 400, "BadRequest", "the kind in the data (Secret) does not match" },
        { "POST", Maps, """{"metadata":{"name":"a","namespace":"other"}}""", "application/json", 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request" },
        { "POST", Maps, """{"metadata":{"name":"a","resourceVersion":"5"}}""", "application/json", 400, "BadRequest", "resourceVersion should not be set on objects to be created" },
        { "POST", Maps, "{}", "application/json", 422, "Invalid", "ConfigMap \"\" is invalid: metadata.name: Required value: name or generateName is required" },
        { "POST", Maps, """{"metadata":{"name":"A_b"}}""", "application/json", 422, "Invalid", "metadata.name: Invalid value: \"A_b\"" },
        { "POST", Maps, """{"metadata":{"name":"a","labels":{"x":"!"}}}""", "application/json", 422, "Invalid", "metadata.labels: Invalid value: \"!\"" },
        { "POST", Maps, """{"data":{"a":5}}""", "application/json", 400, "BadRequest", "ConfigMap in version \"v1\" cannot be handled as a ConfigMap" },
        { "POST", $"{Maps}?fieldValidation=Strict", """{"metadata":{"name":"a"},"dat":{},"data":{"x":"1","x":"2"}}""", "application/json", 400, "BadRequest", "strict decoding error: unknown field \"dat\", duplicate field \"data.x\"" },
        { "POST", $"{Maps}?fieldValidation=Loose", "{}", "application/json", 422, "Invalid", "fieldValidation: Unsupported value: \"Loose\"" },
        { "POST", $"{Maps}?dryRun=Some", """{"metadata":{"name":"a"}}""", "application/json", 422, "Invalid", "CreateOptions.meta.k8s.io \"\" is invalid: dryRun: Unsupported value: \"Some\": supported values: \"All\"" },
        { "POST", "/api/v1/namespaces/nope/configmaps", """{"metadata":{"name":"a"}}""", "application/json", 404, "NotFound", "namespaces \"nope\" not found" },
        { "POST", "/api/v1/namespaces", """{"metadata":{"name":"default"}}""", "application/json", 409, "AlreadyExists", "namespaces \"default\" already exists" },
        { "PUT", $"{Maps}/taken", """{"metadata":{"name":"other"}}""", "application/json", 400, "BadRequest", "the name of the object (other) does not match the name on the URL (taken)" },
        { "PUT", $"{Maps}/taken", "{}", "application/json", 400, "BadRequest", "name must be provided" },
        { "PUT", $"{Maps}/taken", """{"metadata":{"name":"taken","resourceVersion":"1"}}""", "application/json", 409, "Conflict", "Operation cannot be fulfilled on configmaps \"taken\": the object has been modified" },
        { "PUT", $"{Maps}/taken", """{"metadata":{"name":"taken","uid":"nope"}}""", "application/json", 409, "Conflict", "Precondition failed: UID in precondition: nope" },
        { "PATCH", $"{Maps}/missing", "{}", "application/merge-patch+json", 404, "NotFound", "" },
        { "PATCH", $"{Maps}/taken", "{}", "application/json", 415, "UnsupportedMediaType", "" },
        { "PATCH", $"{Maps}/taken?fieldManager=x", "{}", "application/apply-patch+yaml", 400, "BadRequest", "invalid object type: , Kind=, expected: v1, Kind=ConfigMap" },
        { "PATCH", $"{Maps}/taken", "{}", "application/apply-patch+yaml", 422, "Invalid", "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch" },
        { "PATCH", $"{Maps}/taken?force=true", "{}", "application/merge-patch+json", 422, "Invalid", "may not be specified for non-apply patch" },
        { "PATCH", $"{Maps}/taken", "[]", "application/merge-patch+json", 400, "BadRequest", "a merge patch must be an object" },
        { "PATCH", $"{Maps}/taken", "\"text\"", "application/strategic-merge-patch+json", 400, "BadRequest", "a merge patch must be an object" },
        { "GET", $"{Maps}/{new string('x', 2000)}", null, "", 404, "NotFound", "" },
        { "POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", $$$"""{"metadata":{"name":"{{{new string('x', 2000)}}}"}}""", "application/json", 422, "Invalid", "metadata.name: Too long" },
        { "PATCH", $"{Maps}/taken", "{}", "application/json-patch+json", 400, "BadRequest", "must be an array of operations" },
        { "PATCH", $"{Maps}/taken", """[{"op":"test","path":"/data/v","value":"9"}]""", "application/json-patch+json", 422, "Invalid", "" },
        { "PATCH", $"{Maps}/taken", """{"metadata":{"resourceVersion":"1"}}""", "application/merge-patch+json", 409, "Conflict", "" },
        { "PATCH", $"{Maps}/taken?fieldValidation=Strict", """{"dat":{}}""", "application/merge-patch+json", 422, "Invalid", " \"\" is invalid: patch: Invalid value: \"{\"dat\":{}}\": strict decoding error: unknown field \"dat\"" },
        { "PATCH", $"{Maps}/taken?fieldValidation=Strict", """{"data":{"x":"1","x":"2"}}""", "application/merge-patch+json", 422, "Invalid", "strict decoding error: duplicate field \"data.x\"" },
        { "PATCH", $"{Maps}/taken?fieldValidation=Strict", """{"dat":{}}""", "application/strategic-merge-patch+json", 422, "Invalid", "strict decoding error: unknown field \"dat\"" },
        { "PATCH", $"{Maps}/taken?fieldValidation=Strict", """[{"op":"add","path":"/dat","value":"x","op":"add","why":1}]""", "application/json-patch+json", 422, "Invalid", "strict decoding error: unknown field \"dat\", json patch unknown field \"[0].why\", json patch duplicate field \"[0].op\"" },
        { "PATCH", $"{Maps}/taken?fieldValidation=Loud", "{}", "application/merge-patch+json", 422, "Invalid", "Unsupported value: \"Loud\": supported values: \"Ignore\", \"Strict\", \"Warn\"" },
        { "PATCH", $"{Maps}/taken", """{"data":5}""", "application/merge-patch+json", 422, "Invalid", "json: cannot unmarshal number into Go struct field ConfigMap.data of type map[string]string" },
        { "PATCH", $"{Maps}/taken", """[{"op":"remove","path":"/data/none"}]""", "application/json-patch+json", 422, "Invalid", "remove operation does not apply: doc is missing path: /data/none: missing value" },
        { "PATCH", $"{Maps}/taken", """[{"op":"replace","path":"/none/x","value":1}]""", "application/json-patch+json", 422, "Invalid", "replace operation does not apply: doc is missing path: /none/x: missing value" },
        { "PATCH", $"{Maps}/taken", """[{"op":"grow","path":"/data"}]""", "application/json-patch+json", 400, "BadRequest", "grow" },
        { "PATCH", $"{Maps}/taken", "[" + string.Join(',', Enumerable.Repeat("{}", 10_001)) + "]", "application/json-patch+json", 413, "RequestEntityTooLarge", "The allowed maximum operations in a JSON patch is 10000, got 10001" },
        { "PATCH", $"{Maps}/taken", """{"metadata":{"name":"other"}}""", "application/merge-patch+json", 400, "BadRequest", "the name of the object (other) does not match the name on the URL (taken)" },
        { "PATCH", $"{Maps}/taken", """{"metadata":{"namespace":"other"}}""", "application/merge-patch+json", 400, "BadRequest", "the namespace of the provided object does not match the namespace sent on the request" },
        { "PATCH", $"{Maps}/taken", """{"metadata":{"uid":"other"}}""", "application/merge-patch+json", 409, "Conflict", "Precondition failed: UID in precondition: other, UID in object meta: " },
        { "PATCH", $"{Maps}/taken", """{"$patch":"melt"}""", "application/strategic-merge-patch+json", 400, "BadRequest", "" },
        { "PATCH", $"{Maps}/missing", "[]", "application/json-patch+json", 404, "NotFound", "configmaps \"missing\" not found" },
        { "PATCH", $"{Maps}/missing/status", "{}", "application/merge-patch+json", 404, "NotFound", "" },
        { "PATCH", $"{Maps}/taken", """{"kind":"Secret"}""", "application/merge-patch+json", 400, "BadRequest", "may not change apiVersion or kind" },
        { "DELETE", $"{Maps}/taken", """{"preconditions":{"uid":"nope"}}""", "application/json", 409, "Conflict", "Precondition failed" },
        { "DELETE", $"{Maps}/taken", """{"propagationPolicy":"Sideways"}""", "application/json", 422, "Invalid", "propagationPolicy: Unsupported value: \"Sideways\"" },
        { "DELETE", $"{Maps}/taken", """{"propagationPolicy":"Orphan","orphanDependents":true}""", "application/json", 422, "Invalid", "cannot be both set" },
        { "DELETE", "/api/v1/namespaces/default", null, "", 403, "Forbidden", "namespaces \"default\" is forbidden: this namespace may not be deleted" },
        { "GET", $"{Maps}?labelSelector=a+in+(", null, "", 400, "BadRequest", "unable to parse requirement" },
        { "GET", $"{Maps}?fieldSelector=spec.x=1", null, "", 400, "BadRequest", "field label not supported: spec.x" },
        { "GET", $"{Maps}?continue=bogus", null, "", 400, "BadRequest", "continue key is not valid" },
        { "GET", $"{Maps}?resourceVersion=abc", null, "", 400, "BadRequest", "invalid resource version" },
        { "GET", $"{Maps}?resourceVersion=0&resourceVersionMatch=Exact", null, "", 422, "Invalid", "resourceVersionMatch: Forbidden" },
        { "GET", $"{Maps}?resourceVersionMatch=Exact", null, "", 422, "Invalid", "resourceVersionMatch is forbidden unless resourceVersion is provided" },
        { "GET", $"{Maps}?watch=1&sendInitialEvents=true", null, "", 422, "Invalid", "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan" },
        { "GET", $"{Maps}?sendInitialEvents=true", null, "", 422, "Invalid", "sendInitialEvents is forbidden for list" },
        { "GET", $"{Maps}?limit=x", null, "", 400, "BadRequest", "limit" },
        { "GET", "/api/v1/namespaces/default/pods/missing/log", null, "", 404, "NotFound", "pods \"missing\" not found" },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_a_status_with_the_right_code_and_reason(
        string method, string path, string? body, string contentType, int code, string reason, string message)
    {
        var answer = await _api.SendAsync(new HttpMethod(method), path, body, contentType.Length == 0 ? null : contentType);
        answer.Expect((HttpStatusCode)code);
        Assert.Equal("Status", answer.Json["kind"]!.GetValue<string>());
        Assert.Equal("Failure", answer.Json["status"]!.GetValue<string>());
        Assert.Equal(reason, answer.Reason);
        Assert.Equal(code, answer.Json["code"]!.GetValue<int>());
        Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        Assert.True(answer.Headers.Contains("Audit-ID"));
    }

    [Fact]
    public async Task All_problems_are_reported_at_once_with_their_fields()
    {
        var answer = await _api.PostAsync(Deployments, """{"metadata":{"name":"a"},"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}""");
        answer.Expect(HttpStatusCode.UnprocessableEntity);
        var fields = answer.Json["details"]!["causes"]!.AsArray().Select(static cause => cause!["field"]!.GetValue<string>()).ToList();
        Assert.Contains("spec.selector", fields);
        Assert.Contains("spec.template.spec.containers[0].name", fields);
        Assert.Equal("Deployment", answer.Json["details"]!["kind"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_body_over_three_mebibytes_is_too_large()
    {
        var answer = await _api.PostAsync(Maps, new string(' ', (3 * 1024 * 1024) + 1));
        answer.Expect(HttpStatusCode.RequestEntityTooLarge);
        Assert.Equal("RequestEntityTooLarge", answer.Reason);
    }

    [Fact]
    public async Task Unknown_fields_are_dropped_with_a_warning_each()
    {
        var answer = (await _api.PostAsync(Maps, """{"metadata":{"generateName":"w-","labls":{}},"dat":{"a":"b"}}""")).Expect(HttpStatusCode.Created);
        Assert.Equal(["299 - \"unknown field \\\"metadata.labls\\\"\"", "299 - \"unknown field \\\"dat\\\"\""], answer.Headers.GetValues("Warning"));
        Assert.Null(answer.Json["dat"]);
        var quiet = (await _api.PostAsync($"{Maps}?fieldValidation=Ignore", """{"metadata":{"generateName":"w-"},"dat":{}}""")).Expect(HttpStatusCode.Created);
        Assert.False(quiet.Headers.Contains("Warning"));
    }

    [Fact]
    public async Task Warnings_quote_any_text_and_fit_into_headers()
    {
        var strange = await _api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"w"},"é€😀\u0007":1}""");
        strange.Expect(HttpStatusCode.Created);
        Assert.Single(strange.Headers.GetValues("Warning"));

        var many = string.Join(',', Enumerable.Range(0, 100_000).Select(static index => $"\"unknown{index}\":1"));
        var warned = await _api.PostAsync($"{Maps}?dryRun=All", $$"""{"metadata":{"name":"w"},{{many}}}""");
        Assert.InRange(warned.Expect(HttpStatusCode.Created).Headers.GetValues("Warning").Count(), 100, 4096 / "unknown field".Length);

        var @long = new string('x', 5000);
        var cut = await _api.PostAsync($"{Maps}?dryRun=All", $$"""{"metadata":{"name":"w"},"{{@long}}":1}""");
        Assert.InRange(Assert.Single(cut.Expect(HttpStatusCode.Created).Headers.GetValues("Warning")).Length, 256, 300);
    }

    [Fact]
    public async Task An_expected_version_far_ahead_is_waited_for_and_then_a_timeout()
    {
        var answer = await _api.GetAsync($"{Maps}?resourceVersion=999999999");
        answer.Expect(HttpStatusCode.GatewayTimeout);
        Assert.Equal("ResourceVersionTooLarge", answer.Json["details"]!["causes"]![0]!["reason"]!.GetValue<string>());
        Assert.Equal("1", Assert.Single(answer.Headers.GetValues("Retry-After")));
    }

    [Fact]
    public async Task Creating_the_same_name_twice_names_the_object_in_the_details()
    {
        var answer = await _api.PostAsync(Maps, """{"metadata":{"name":"taken"}}""");
        answer.Expect(HttpStatusCode.Conflict);
        Assert.Equal("AlreadyExists", answer.Reason);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"name":"taken","kind":"configmaps"}"""), answer.Json["details"]));
    }
}
