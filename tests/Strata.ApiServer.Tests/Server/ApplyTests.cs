using System.Net;
using System.Text.Json.Nodes;
using Strata.ApiServer.Authentication;
using Strata.Client;

namespace Strata.ApiServer.Tests.Server;

/// <summary>Server-side apply and managedFields over HTTP.</summary>
public sealed class ApplyTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";
    private const string Deployments = "/apis/apps/v1/namespaces/default/deployments";

    private const string Web = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web}
        spec:
          replicas: 2
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec:
              containers:
              - name: web
                image: nginx:1
        """;

    [Fact]
    public async Task What_is_applied_is_created_owned_changed_and_taken_back()
    {
        await using var api = await TestApi.StartAsync();
        var created = (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '1'\n  b: '1'"))).Expect(HttpStatusCode.Created);
        var owner = Assert.Single(Owners(created));
        Assert.Equal(("me", "Apply", "v1", "FieldsV1"), (Text(owner, "manager"), Text(owner, "operation"), Text(owner, "apiVersion"), Text(owner, "fieldsType")));
        Assert.Equal("""{"f:data":{"f:a":{},"f:b":{}}}""", owner["fieldsV1"]!.ToJsonString());

        var changed = (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '2'"))).Expect(HttpStatusCode.OK);
        Assert.Equal("""{"a":"2"}""", changed.Json["data"]!.ToJsonString());
        var again = (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '2'"))).Expect(HttpStatusCode.OK);
        Assert.Equal(changed.Version, again.Version);
        Assert.Equal(changed.Body, again.Body);
    }

    [Fact]
    public async Task A_conflict_names_the_owner_and_force_takes_the_field()
    {
        await using var api = await TestApi.StartAsync();
        (await ApplyAsync(api, $"{Deployments}/web", "first", Web)).Expect(HttpStatusCode.Created);
        (await api.MergePatchAsync($"{Deployments}/web?fieldManager=other", """{"spec":{"replicas":5,"paused":true}}""")).Expect(HttpStatusCode.OK);

        var refused = (await ApplyAsync(api, $"{Deployments}/web", "first", Web)).Expect(HttpStatusCode.Conflict);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"other\" using apps/v1: .spec.replicas", refused.Message);
        Assert.Equal("""[{"reason":"FieldManagerConflict","message":"conflict with \"other\" using apps/v1","field":".spec.replicas"}]""", refused.Json["details"]!["causes"]!.ToJsonString(Relaxed));

        var forced = (await ApplyAsync(api, $"{Deployments}/web?force=true", "first", Web)).Expect(HttpStatusCode.OK);
        Assert.Equal("2", forced.Json["spec"]!["replicas"]!.ToJsonString());
        Assert.Equal("""{"f:spec":{"f:paused":{}}}""", Owners(forced).Single(static owner => Text(owner, "manager") == "other")["fieldsV1"]!.ToJsonString());
    }

    [Fact]
    public async Task The_same_value_is_shared_and_stays_until_the_last_owner_drops_it()
    {
        await using var api = await TestApi.StartAsync();
        (await ApplyAsync(api, $"{Maps}/a", "one", Map("x: '1'"))).Expect(HttpStatusCode.Created);
        var shared = (await ApplyAsync(api, $"{Maps}/a", "two", Map("x: '1'"))).Expect(HttpStatusCode.OK);
        Assert.Equal(2, Owners(shared).Count);
        Assert.NotNull((await ApplyAsync(api, $"{Maps}/a", "one", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")).Expect(HttpStatusCode.OK).Json["data"]);
        var empty = (await ApplyAsync(api, $"{Maps}/a", "two", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}")).Expect(HttpStatusCode.OK);
        Assert.Null(empty.Json["data"]);
        Assert.Null(empty.Json["metadata"]!["managedFields"]);
    }

    [Fact]
    public async Task Every_write_is_booked_under_its_manager_and_subresource()
    {
        await using var api = await TestApi.StartAsync();
        using var client = api.ClientWith(TestCertificates.Client("admin", "system:masters"));
        client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "tool/v1.2 (linux) x/y");
        (await TestApi.SendAsync(client, HttpMethod.Post, Deployments, Web, "application/yaml")).Expect(HttpStatusCode.Created);
        (await TestApi.SendAsync(client, HttpMethod.Patch, $"{Deployments}/web/status", """{"status":{"replicas":1},"spec":{"replicas":9}}""", "application/merge-patch+json")).Expect(HttpStatusCode.OK);
        (await TestApi.SendAsync(client, HttpMethod.Patch, $"{Deployments}/web/scale?fieldManager=scaler", """{"spec":{"replicas":4}}""", "application/merge-patch+json")).Expect(HttpStatusCode.OK);
        var owners = Owners(await api.GetAsync($"{Deployments}/web"));
        Assert.Equal(
            ["scaler Update scale", "tool Update ", "tool Update status"],
            owners.Select(static owner => $"{Text(owner, "manager")} {Text(owner, "operation")} {Text(owner, "subresource")}").Order(StringComparer.Ordinal));
        Assert.Equal("""{"f:spec":{"f:replicas":{}}}""", owners.Single(static owner => Text(owner, "subresource") == "scale")["fieldsV1"]!.ToJsonString());
        Assert.Equal("""{"f:status":{"f:replicas":{}}}""", owners.Single(static owner => Text(owner, "subresource") == "status")["fieldsV1"]!.ToJsonString());
        var created = owners.Single(static owner => Text(owner, "subresource").Length == 0)["fieldsV1"]!.ToJsonString(Relaxed);
        Assert.DoesNotContain("f:name\":{}}\"", created, StringComparison.Ordinal);
        Assert.DoesNotContain("f:replicas", created, StringComparison.Ordinal); // The scaler took it.
        Assert.DoesNotContain("f:status", created, StringComparison.Ordinal);
        Assert.Contains("""f:containers":{"k:{\"name\":\"web\"}":{".":{},"f:image":{}""", created, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("system:kube-scheduler", "kube-scheduler")]
    [InlineData("system:node:n1", "kubelet")]
    [InlineData("system:virtual-kubelet", "virtual-kubelet")]
    [InlineData("system:apiserver", "kube-apiserver")]
    [InlineData("someone", "someone")]
    public async Task Calls_within_the_process_are_booked_by_who_calls(string user, string manager)
    {
        await using var api = await TestApi.StartAsync();
        var transport = api.Host.Connect(UserIdentity.Of(user, UserIdentity.MastersGroup));
        await transport.SendAsync(
            new ApiRequest(HttpMethod.Post, Maps) { Body = """{"metadata":{"name":"a"},"data":{"k":"v"}}"""u8.ToArray() }, TestContext.Current.CancellationToken);
        Assert.Equal(manager, Text(Assert.Single(Owners(await api.GetAsync($"{Maps}/a"))), "manager"));
    }

    [Fact]
    public async Task Scale_and_status_are_applied_through_their_own_doors()
    {
        await using var api = await TestApi.StartAsync();
        (await ApplyAsync(api, $"{Deployments}/web", "me", Web)).Expect(HttpStatusCode.Created);
        const string Scale = "{apiVersion: autoscaling/v1, kind: Scale, metadata: {name: web}, spec: {replicas: 7}}";
        (await api.MergePatchAsync($"{Deployments}/web?fieldManager=u", """{"spec":{"replicas":3}}""")).Expect(HttpStatusCode.OK);
        var refused = (await ApplyAsync(api, $"{Deployments}/web/scale", "hand", Scale)).Expect(HttpStatusCode.Conflict);
        Assert.Equal("Apply failed with 1 conflict: conflict with \"u\" using autoscaling/v1: .spec.replicas", refused.Message);
        var scaled = (await ApplyAsync(api, $"{Deployments}/web/scale?force=true", "hand", Scale)).Expect(HttpStatusCode.OK);
        Assert.Equal(("Scale", "7"), (Text(scaled.Json, "kind"), scaled.Json["spec"]!["replicas"]!.ToJsonString()));

        var status = (await ApplyAsync(api, $"{Deployments}/web/status", "ctl", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{"replicas":1},"status":{"replicas":7}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("7", status.Json["spec"]!["replicas"]!.ToJsonString());
        Assert.Equal("7", status.Json["status"]!["replicas"]!.ToJsonString());
        Assert.Equal("""{"f:status":{"f:replicas":{}}}""", Owners(status).Single(static owner => Text(owner, "subresource") == "status")["fieldsV1"]!.ToJsonString());

        var main = (await ApplyAsync(api, $"{Deployments}/web", "me2", """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","labels":{"a":"b"}},"status":{"replicas":1}}""")).Expect(HttpStatusCode.OK);
        Assert.Equal("7", main.Json["status"]!["replicas"]!.ToJsonString());
        Assert.Equal("""{"f:metadata":{"f:labels":{"f:a":{}}}}""", Owners(main).Single(static owner => Text(owner, "manager") == "me2")["fieldsV1"]!.ToJsonString());
        (await ApplyAsync(api, $"{Deployments}/none/status", "x", Web.Replace("name: web}", "name: none}", StringComparison.Ordinal))).Expect(HttpStatusCode.NotFound);
    }

    public static TheoryData<string, string, int, string> Refused => new()
    {
        { "", Map("a: '1'"), 422, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch" },
        { "?fieldManager=" + new string('x', 129), Map("a: '1'"), 422, "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Too long: may not be more than 128 bytes" },
        { "?fieldManager=a%0Ab", Map("a: '1'"), 422, "should only contain printable characters" },
        { "?fieldManager=x", "{apiVersion: v2, kind: ConfigMap, metadata: {name: a}}", 400, "invalid object type: v2, Kind=ConfigMap, expected: v1, Kind=ConfigMap" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, managedFields: []}}", 400, "metadata.managedFields must be nil" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}", 400, "the name of the object (b) does not match the name on the URL (a)" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, namespace: other}}", 400, "the namespace of the provided object does not match the namespace sent on the request" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, resourceVersion: '1'}}", 409, "the object has been modified" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, uid: other}}", 409, "Precondition failed: UID in precondition: other" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, daata: {}}", 500, "failed to create typed patch object (/a; v1, Kind=ConfigMap): .daata: field not declared in schema" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, finalizers: [x/y, x/y]}}", 500, "duplicate entries for key [=\"x/y\"]" },
        { "?fieldManager=x", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, immutable: 'x'}", 500, "cannot unmarshal string" },
        { "?fieldManager=x&fieldValidation=Strict", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a, name: a}}", 400, "error strict decoding YAML: duplicate field \"metadata.name\"" },
        { "?fieldManager=x", "[1]", 400, "error decoding YAML" },
        { "?fieldManager=x&dryRun=x", Map("a: '1'"), 422, "dryRun" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_wrong_apply_is_refused_whether_or_not_the_object_exists(string query, string body, int code, string message)
    {
        await using var api = await TestApi.StartAsync();
        await CheckAsync();
        await api.ConfigMapAsync("a");
        await CheckAsync();

        async Task CheckAsync()
        {
            var answer = (await api.SendAsync(HttpMethod.Patch, $"{Maps}/a{query}", body, "application/apply-patch+yaml")).Expect((HttpStatusCode)code);
            Assert.Contains(message, answer.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_dry_run_shows_the_result_and_stores_nothing()
    {
        await using var api = await TestApi.StartAsync();
        Assert.NotNull((await ApplyAsync(api, $"{Maps}/a?dryRun=All", "me", Map("a: '1'"))).Expect(HttpStatusCode.Created).Json["metadata"]!["managedFields"]);
        (await api.GetAsync($"{Maps}/a")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Repeated_members_warn_unless_strict()
    {
        await using var api = await TestApi.StartAsync();
        var answer = (await ApplyAsync(api, $"{Maps}/a", "me", "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {x: '1', x: '2'}}")).Expect(HttpStatusCode.Created);
        Assert.Contains("duplicate field \\\"data.x\\\"", Assert.Single(answer.Headers.GetValues("Warning")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/merge-patch+json", """{"metadata":{"managedFields":[{}]}}""")]
    [InlineData("application/strategic-merge-patch+json", """{"metadata":{"managedFields":[{}]}}""")]
    [InlineData("application/json-patch+json", """[{"op":"replace","path":"/metadata/managedFields","value":[{}]}]""")]
    public async Task One_empty_entry_forgets_all_owners_and_the_next_apply_begins_anew(string contentType, string patch)
    {
        await using var api = await TestApi.StartAsync();
        (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '1'"))).Expect(HttpStatusCode.Created);
        var reset = (await api.SendAsync(HttpMethod.Patch, $"{Maps}/a", patch, contentType)).Expect(HttpStatusCode.OK);
        Assert.Null(reset.Json["metadata"]!["managedFields"]);
        Assert.Null((await api.MergePatchAsync($"{Maps}/a", """{"data":{"b":"1"}}""")).Expect(HttpStatusCode.OK).Json["metadata"]!["managedFields"]);
        var after = (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '1'"))).Expect(HttpStatusCode.OK);
        Assert.Equal(["before-first-apply", "me"], Owners(after).Select(static owner => Text(owner, "manager")).Order());
    }

    [Theory]
    [InlineData("""{"metadata":{"managedFields":null}}""")]
    [InlineData("""{"metadata":{"managedFields":[]}}""")]
    [InlineData("""{"metadata":{"managedFields":[{"manager":"x","operation":"Delete"}]}}""")]
    public async Task Clients_that_do_not_know_managedFields_cannot_lose_them(string patch)
    {
        await using var api = await TestApi.StartAsync();
        var created = (await ApplyAsync(api, $"{Maps}/a", "me", Map("a: '1'"))).Expect(HttpStatusCode.Created);
        var patched = (await api.MergePatchAsync($"{Maps}/a", patch)).Expect(HttpStatusCode.OK);
        Assert.Equal(created.Body, patched.Body);
        Assert.Equal(created.Body, (await api.PutAsync($"{Maps}/a", """{"metadata":{"name":"a"},"data":{"a":"1"}}""")).Expect(HttpStatusCode.OK).Body);
    }

    [Fact]
    public async Task An_entry_can_be_renamed_on_the_object_but_not_through_a_subresource()
    {
        await using var api = await TestApi.StartAsync();
        (await api.PostAsync($"{Deployments}?fieldManager=old", Web, "application/yaml")).Expect(HttpStatusCode.Created);
        const string Rename = """[{"op":"replace","path":"/metadata/managedFields/0/manager","value":"new"},{"op":"replace","path":"/metadata/managedFields/0/operation","value":"Apply"}]""";
        var sub = (await api.SendAsync(HttpMethod.Patch, $"{Deployments}/web/status", Rename, "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal("old", Text(Assert.Single(Owners(sub)), "manager"));
        var main = (await api.SendAsync(HttpMethod.Patch, $"{Deployments}/web", Rename, "application/json-patch+json")).Expect(HttpStatusCode.OK);
        Assert.Equal(("new", "Apply"), (Text(Assert.Single(Owners(main)), "manager"), Text(Owners(main)[0], "operation")));
        var applied = (await ApplyAsync(api, $"{Deployments}/web", "new", Web.Replace("  replicas: 2\n", "", StringComparison.Ordinal))).Expect(HttpStatusCode.OK);
        Assert.Equal("1", applied.Json["spec"]!["replicas"]!.ToJsonString()); // Dropped, then defaulted.
    }

    [Fact]
    public async Task Racing_applies_of_a_new_object_both_succeed()
    {
        await using var api = await TestApi.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(index => ApplyAsync(api, $"{Maps}/a", $"m{index}", Map($"k{index}: '1'"))));
        Assert.Single(answers, static answer => answer.Code == HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(static answer => answer.Code == HttpStatusCode.OK));
        var final = await api.GetAsync($"{Maps}/a");
        Assert.Equal(8, Owners(final).Count);
        Assert.Equal(8, final.Json["data"]!.AsObject().Count);
    }

    private static readonly System.Text.Json.JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static string Map(string data) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n  {data}\n";

    private static Task<Answer> ApplyAsync(TestApi api, string path, string manager, string body) =>
        api.SendAsync(HttpMethod.Patch, $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}fieldManager={manager}", body, "application/apply-patch+yaml");

    private static List<JsonObject> Owners(Answer answer) => [.. (answer.Json["metadata"]!["managedFields"] as JsonArray ?? []).Select(static entry => entry!.AsObject())];

    private static string Text(JsonObject source, string name) => source[name]?.GetValue<string>() ?? "";
}
