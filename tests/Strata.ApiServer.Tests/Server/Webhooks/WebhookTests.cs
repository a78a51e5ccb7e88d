using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Hosting.Certificates;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server.Webhooks;

/// <summary>Admission webhooks, asked over real HTTPS.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Group = "/apis/admissionregistration.k8s.io/v1";

    private TestApi _api = null!;
    private FakeWebhook _hook = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync();
        _hook = await FakeWebhook.StartAsync(TestCertificates.Server);
    }

    public async ValueTask DisposeAsync()
    {
        await _hook.DisposeAsync();
        await _api.DisposeAsync();
    }

    [Fact]
    public async Task A_refusal_reaches_the_user_with_the_webhooks_name_code_and_words()
    {
        _hook.On("/deny", static request => request["name"]?.ToString() == "coded" ? FakeWebhook.Deny("no such thing", 403) : FakeWebhook.Deny(null));
        await ValidatingAsync("a", "/deny");

        var plain = (await PostAsync("plain")).Expect(HttpStatusCode.BadRequest);
        var coded = (await PostAsync("coded")).Expect(HttpStatusCode.Forbidden);

        Assert.Equal("admission webhook \"a.test.example\" denied the request without explanation", plain.Message);
        Assert.Equal("admission webhook \"a.test.example\" denied the request: no such thing", coded.Message);
        (await _api.GetAsync($"{Maps}/plain")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_review_tells_all_about_the_request()
    {
        await ValidatingAsync("a", "/look", """["CREATE","UPDATE","DELETE"]""");
        (await PostAsync("seen")).Expect(HttpStatusCode.Created);
        (await _api.MergePatchAsync($"{Maps}/seen?dryRun=All", """{"data":{"v":"2"}}""")).Expect(HttpStatusCode.OK);
        (await _api.DeleteAsync($"{Maps}/seen")).Expect(HttpStatusCode.OK);

        var (create, update, delete) = (_hook.Asked.ElementAt(0).Request, _hook.Asked.ElementAt(1).Request, _hook.Asked.ElementAt(2).Request);
        Assert.Equal(3, _hook.Asked.Count);
        Assert.Equal("""{"group":"","version":"v1","kind":"ConfigMap"}""", create["kind"]!.ToJsonString());
        Assert.Equal("""{"group":"","version":"v1","resource":"configmaps"}""", create["resource"]!.ToJsonString());
        Assert.Equal(("CREATE", "seen", "default", "admin"), (Text(create, "operation"), Text(create, "name"), Text(create, "namespace"), Text(create, "userInfo", "username")));
        Assert.Contains("system:masters", create["userInfo"]!["groups"]!.AsArray().Select(static group => group!.ToString()));
        Assert.Equal(("1", "CreateOptions"), (Text(create, "object", "data", "v"), Text(create, "options", "kind")));
        Assert.Null(create["oldObject"]);
        Assert.Equal(("UPDATE", "2", "1", "true"), (Text(update, "operation"), Text(update, "object", "data", "v"), Text(update, "oldObject", "data", "v"), Text(update, "dryRun")));
        Assert.Equal("DELETE", Text(delete, "operation"));
        Assert.Null(delete["object"]);
        Assert.Equal("1", Text(delete, "oldObject", "data", "v"));
        Assert.NotEqual(Text(create, "uid"), Text(update, "uid"));
    }

    [Fact]
    public async Task Mutating_webhooks_change_the_object_in_the_order_of_their_configurations_names()
    {
        _hook.On("/first", static _ => FakeWebhook.Patch("""[{"op":"add","path":"/data/order","value":"first"}]"""));
        _hook.On("/second", static request => FakeWebhook.Patch($$"""[{"op":"replace","path":"/data/order","value":"{{request["object"]!["data"]!["order"]}} second"}]"""));
        await MutatingAsync("b", "/second");
        await MutatingAsync("a", "/first");
        _hook.On("/check", static request => request["object"]!["data"]!["order"]?.ToString() == "first second" ? FakeWebhook.Allow : FakeWebhook.Deny("not changed yet"));
        await ValidatingAsync("c", "/check");

        var made = (await PostAsync("changed")).Expect(HttpStatusCode.Created);

        Assert.Equal("first second", made.Json["data"]!["order"]!.ToString());
        Assert.Equal(["/first", "/second", "/check"], _hook.Asked.Select(static asked => asked.Path));
    }

    [Fact]
    public async Task A_webhook_that_wants_it_is_asked_again_once_after_a_later_change()
    {
        _hook.On("/again", static request => request["object"]!["data"]!["late"] is null ? FakeWebhook.Allow : FakeWebhook.Patch("""[{"op":"add","path":"/data/seen","value":"late"}]"""));
        _hook.On("/late", static _ => FakeWebhook.Patch("""[{"op":"add","path":"/data/late","value":"x"}]"""));
        await MutatingAsync("a", "/again", extra: ",\"reinvocationPolicy\":\"IfNeeded\"");
        await MutatingAsync("b", "/late");

        var made = (await PostAsync("again")).Expect(HttpStatusCode.Created);

        Assert.Equal("late", made.Json["data"]!["seen"]!.ToString());
        Assert.Equal(["/again", "/late", "/again"], _hook.Asked.Select(static asked => asked.Path));
    }

    [Theory]
    [InlineData("""[{"op":"replace","path":"/metadata/name","value":"other"}]""", "it changes the object's kind, name or namespace")]
    [InlineData("""[{"op":"remove","path":"/data/missing"}]""", "cannot be applied")]
    [InlineData("""[{"op":"add","path":"/data/number","value":1}]""", "cannot be applied")]
    public async Task A_patch_that_does_not_fit_fails_the_request(string patch, string why)
    {
        _hook.On("/patch", _ => FakeWebhook.Patch(patch));
        await MutatingAsync("a", "/patch");

        var failed = (await PostAsync("one")).Expect(HttpStatusCode.InternalServerError);

        Assert.Contains(why, failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_webhook_makes_is_validated_as_if_the_user_had_sent_it()
    {
        _hook.On("/patch", static _ => FakeWebhook.Patch("""[{"op":"add","path":"/data/not~1a~1key","value":"x"}]"""));
        await MutatingAsync("a", "/patch");

        (await PostAsync("one")).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_webhook_that_fails_stops_requests_or_lets_them_by_as_its_policy_says()
    {
        _hook.On("/broken", static _ => (JsonNode?)null);
        await ValidatingAsync("open", "/broken", extra: ",\"failurePolicy\":\"Ignore\"");
        (await PostAsync("passes")).Expect(HttpStatusCode.Created);

        await ValidatingAsync("shut", "/broken");
        var failed = (await PostAsync("stops")).Expect(HttpStatusCode.InternalServerError);

        Assert.Equal("InternalError", failed.Reason);
        Assert.Equal(
            "Internal error occurred: failed calling webhook \"shut.test.example\": failed to call webhook: an error on the server (\"broken\") has prevented the request from succeeding", failed.Message);
        var metrics = (await _api.GetAsync("/metrics")).Body;
        Assert.Contains("apiserver_admission_webhook_fail_open_count{name=\"open.test.example\",type=\"validating\"} 2\n", metrics, StringComparison.Ordinal);
        Assert.Contains(
            "apiserver_admission_webhook_rejection_count{error_type=\"calling_webhook_error\",name=\"shut.test.example\",operation=\"CREATE\",rejection_code=\"500\",type=\"validating\"} 1\n", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_that_hangs_is_given_its_time_and_no_more()
    {
        var hanging = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _hook.On("/hang", _ => hanging.Task);
        await ValidatingAsync("a", "/hang", extra: ",\"timeoutSeconds\":1");

        var failed = (await PostAsync("late")).Expect(HttpStatusCode.InternalServerError);
        hanging.SetResult(FakeWebhook.Allow);

        Assert.Contains($"failed to call webhook: Post \"{_hook.Url("/hang")}?timeout=1s\": context deadline exceeded", failed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_to_another_review_and_a_patch_from_a_validating_webhook_are_no_answers()
    {
        _hook.On("/other", static _ => new JsonObject { ["allowed"] = true, ["uid"] = "another" });
        await ValidatingAsync("a", "/other");
        Assert.Contains("received invalid webhook response: expected response.uid=", (await PostAsync("one")).Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);

        _hook.On("/other", static _ => FakeWebhook.Patch("[]"));
        Assert.Contains("validating webhook may not return response.patch", (await PostAsync("one")).Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_not_trusted()
    {
        using var stranger = new TemporaryAuthority();
        await using var impostor = await FakeWebhook.StartAsync(stranger.Server("localhost"));
        (await _api.PostAsync($"{Group}/validatingwebhookconfigurations", Configuration("a", impostor.Url("/x"), """["CREATE"]""", ""))).Expect(HttpStatusCode.Created);
        await CatchUpAsync("validatingwebhookconfigurations", "a");

        var failed = (await PostAsync("one")).Expect(HttpStatusCode.InternalServerError);

        Assert.Contains("failed calling webhook", failed.Message, StringComparison.Ordinal);
        Assert.Empty(impostor.Asked);
    }

    [Fact]
    public async Task A_dry_run_is_not_shown_to_a_webhook_that_acts()
    {
        await ValidatingAsync("a", "/look");

        // Configurations with other side effects can only be older ones; this server takes none.
        var refused = await _api.PostAsync($"{Group}/validatingwebhookconfigurations", Configuration("b", _hook.Url("/x"), """["CREATE"]""", "").Replace("\"None\"", "\"Some\"", StringComparison.Ordinal));
        refused.Expect(HttpStatusCode.UnprocessableEntity);
        (await _api.PostAsync($"{Maps}?dryRun=All", """{"metadata":{"name":"dry"}}""")).Expect(HttpStatusCode.Created);

        Assert.Equal("true", Text(_hook.Asked.Single().Request, "dryRun"));
    }

    [Fact]
    public async Task Selectors_and_rules_decide_who_is_shown_what()
    {
        await ValidatingAsync("objects", "/objects", extra: ",\"objectSelector\":{\"matchLabels\":{\"watched\":\"yes\"}}");
        await ValidatingAsync("spaces", "/spaces", extra: ",\"namespaceSelector\":{\"matchLabels\":{\"kubernetes.io/metadata.name\":\"kube-public\"}}");
        await ValidatingAsync("updates", "/updates", """["UPDATE"]""");
        await ValidatingAsync("nodes", "/nodes", resources: """["nodes","*/status"]""");

        (await PostAsync("unlabelled")).Expect(HttpStatusCode.Created);
        await _api.ConfigMapAsync("labelled", labels: """{"watched":"yes"}""");
        (await _api.PostAsync("/api/v1/namespaces/kube-public/configmaps", """{"metadata":{"name":"there"}}""")).Expect(HttpStatusCode.Created);
        (await _api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n"}}""")).Expect(HttpStatusCode.Created);

        Assert.Equal(["/objects labelled", "/spaces there", "/nodes n"], _hook.Asked.Select(static asked => $"{asked.Path} {asked.Request["name"]}"));
    }

    [Fact]
    public async Task Nobody_is_asked_about_webhook_configurations_themselves()
    {
        _hook.On("/deny", static _ => FakeWebhook.Deny("never"));
        await ValidatingAsync("a", "/deny", """["*"]""", resources: """["*/*"]""", groups: """["*"]""");

        (await PostAsync("one")).Expect(HttpStatusCode.BadRequest);
        (await _api.DeleteAsync($"{Group}/validatingwebhookconfigurations/a")).Expect(HttpStatusCode.OK);
        await Eventually.TrueAsync(async () => (await PostAsync("one")).Code == HttpStatusCode.Created);
    }

    [Fact]
    public async Task Warnings_are_passed_on()
    {
        _hook.On("/warn", static _ => new JsonObject { ["allowed"] = true, ["warnings"] = new JsonArray("mind the gap") });
        await ValidatingAsync("a", "/warn");

        var made = (await PostAsync("one")).Expect(HttpStatusCode.Created);

        Assert.Equal("299 - \"mind the gap\"", string.Join(" ", made.Headers.GetValues("Warning")));
    }

    [Fact]
    public async Task A_service_is_reached_at_a_ready_endpoint_and_must_show_its_name()
    {
        using var authority = new TemporaryAuthority();
        await using var behind = await FakeWebhook.StartAsync(authority.Server("hook.default.svc"));
        behind.On("/ask", static _ => FakeWebhook.Deny("from the service"));
        (await _api.PostAsync("/api/v1/namespaces/default/services", """{"metadata":{"name":"hook"},"spec":{"ports":[{"name":"https","port":8443}]}}""")).Expect(HttpStatusCode.Created);
        var client = $$"""{"service":{"namespace":"default","name":"hook","port":8443,"path":"/ask"},"caBundle":"{{Base64(authority.Pem)}}"}""";
        (await _api.PostAsync($"{Group}/validatingwebhookconfigurations", Configuration("a", client, """["CREATE"]""", ""))).Expect(HttpStatusCode.Created);
        await CatchUpAsync("validatingwebhookconfigurations", "a");
        Assert.Contains("no endpoints available for service \"hook\"", (await PostAsync("one")).Expect(HttpStatusCode.InternalServerError).Message, StringComparison.Ordinal);

        // Not through the API, which takes no loopback address in a slice.
        await _api.Store.PutAsync(
            Encoding.UTF8.GetBytes("/registry/endpointslices.discovery.k8s.io/default/hook-1"),
            Encoding.UTF8.GetBytes(
                $$$"""
                {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"hook-1","namespace":"default","labels":{"kubernetes.io/service-name":"hook"}},"addressType":"IPv4",
                 "ports":[{"name":"https","port":{{{behind.Port}}}}],
                 "endpoints":[{"addresses":["192.0.2.1"],"conditions":{"ready":false}},{"addresses":["127.0.0.1"],"conditions":{"ready":true}}]}
                """),
            Strata.Store.ExpectedRevision.Absent, TestContext.Current.CancellationToken);
        await Eventually.TrueAsync(async () => (await PostAsync("one")).Code == HttpStatusCode.BadRequest);
        Assert.Equal("admission webhook \"a.test.example\" denied the request: from the service", (await PostAsync("one")).Message);
    }

    [Fact]
    public async Task Match_conditions_are_refused_by_name()
    {
        var refused = await _api.PostAsync(
            $"{Group}/validatingwebhookconfigurations", Configuration("a", _hook.Url("/x"), """["CREATE"]""", ",\"matchConditions\":[{\"name\":\"n\",\"expression\":\"true\"}]"));

        Assert.Contains("webhooks[0].matchConditions: Forbidden", refused.Expect(HttpStatusCode.UnprocessableEntity).Message, StringComparison.Ordinal);
    }

    private static string Text(JsonObject source, params string[] path) => path.Aggregate((JsonNode?)source, static (node, name) => node?[name])?.ToString() ?? "";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    private static string Configuration(string name, string client, string operations, string extra, string resources = """["configmaps"]""", string groups = """[""]""")
    {
        var clientConfig = client.StartsWith('{') ? client : $$"""{"url":"{{client}}","caBundle":"{{Base64(TestCertificates.AuthorityPem)}}"}""";
        return $$$"""
            {"metadata":{"name":"{{{name}}}"},"webhooks":[{"name":"{{{name}}}.test.example","clientConfig":{{{clientConfig}}},"sideEffects":"None","admissionReviewVersions":["v1"],
             "rules":[{"operations":{{{operations}}},"apiGroups":{{{groups}}},"apiVersions":["*"],"resources":{{{resources}}}}]{{{extra}}}}]}
            """;
    }

    private Task<Answer> PostAsync(string name) => _api.PostAsync(Maps, $$$"""{"metadata":{"name":"{{{name}}}"},"data":{"v":"1"}}""");

    private Task ValidatingAsync(
        string name, string path, string operations = """["CREATE"]""", string extra = "", string resources = """["configmaps"]""", string groups = """[""]""") =>
        AddAsync("validatingwebhookconfigurations", name, Configuration(name, _hook.Url(path), operations, extra, resources, groups));

    private Task MutatingAsync(string name, string path, string extra = "") =>
        AddAsync("mutatingwebhookconfigurations", name, Configuration(name, _hook.Url(path), """["CREATE"]""", extra));

    private async Task AddAsync(string resource, string name, string body)
    {
        (await _api.PostAsync($"{Group}/{resource}", body)).Expect(HttpStatusCode.Created);
        await CatchUpAsync(resource, name);
    }

    // A list shows every write acknowledged before it, and so does memory from then on.
    private async Task CatchUpAsync(string resource, string name) => Assert.Contains(name, (await _api.GetAsync($"{Group}/{resource}")).Names);

    private sealed class TemporaryAuthority : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("strata-webhook-tests-").FullName;
        private readonly CertificateAuthority _authority;

        public TemporaryAuthority() => _authority = CertificateAuthority.Open(_folder, "webhooks", TimeProvider.System);

        public string Pem => _authority.CertificatePem;

        public System.Security.Cryptography.X509Certificates.X509Certificate2 Server(string name) => _authority.Issue(CertificateRequestInfo.Server("hook", [name], [])).ToCertificate();

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
