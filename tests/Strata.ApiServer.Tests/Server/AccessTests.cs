using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Tests.Server;

public sealed class AccessTests
{
    private const string Accounts = "/api/v1/namespaces/default/serviceaccounts";

    [Fact]
    public async Task Without_credentials_only_health_and_version_are_open()
    {
        await using var api = await TestApi.StartAsync();
        using var anonymous = api.ClientWith(null);
        (await TestApi.SendAsync(anonymous, HttpMethod.Get, "/healthz")).Expect(HttpStatusCode.OK);
        (await TestApi.SendAsync(anonymous, HttpMethod.Get, "/version")).Expect(HttpStatusCode.OK);
        var refused = (await TestApi.SendAsync(anonymous, HttpMethod.Get, "/apis")).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("forbidden: User \"system:anonymous\" cannot get path \"/apis\"", refused.Message);
    }

    [Fact]
    public async Task Credentials_that_prove_nothing_are_refused_even_where_none_are_needed()
    {
        await using var api = await TestApi.StartAsync();
        using var wrongToken = api.ClientWith(null, "nonsense");
        var refused = (await TestApi.SendAsync(wrongToken, HttpMethod.Get, "/healthz")).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal("Unauthorized", refused.Reason);
        using var stranger = api.ClientWith(TestCertificates.Stranger());
        (await TestApi.SendAsync(stranger, HttpMethod.Get, "/healthz")).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_certificate_names_its_user_and_groups()
    {
        await using var api = await TestApi.StartAsync();
        using var jane = api.ClientWith(TestCertificates.Client("jane", "dev", "ops"));
        var review = (await TestApi.SendAsync(
            jane, HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}""", TestApi.Json))
            .Expect(HttpStatusCode.Created);
        var user = review.Json["status"]!["userInfo"]!;
        Assert.Equal("jane", user["username"]!.GetValue<string>());
        Assert.Equal(["dev", "ops", "system:authenticated"], user["groups"]!.AsArray().Select(static group => group!.GetValue<string>()).Order());
    }

    [Fact]
    public void Organizations_in_one_relative_name_as_go_writes_them_are_all_groups()
    {
        var writer = new System.Formats.Asn1.AsnWriter(System.Formats.Asn1.AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSetOf())
            {
                foreach (var group in (string[])["a", "b"])
                {
                    using (writer.PushSequence())
                    {
                        writer.WriteObjectIdentifier("2.5.4.10");
                        writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.PrintableString, group);
                    }
                }
            }

            using (writer.PushSetOf())
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("2.5.4.3");
                writer.WriteCharacterString(System.Formats.Asn1.UniversalTagNumber.UTF8String, "jane");
            }
        }

        var user = CertificateAuthenticator.UserOf(new X500DistinguishedName(writer.Encode()));
        Assert.Equal(["a", "b", "system:authenticated"], user!.Groups);
        Assert.Equal("jane", user.Name);
    }

    [Theory]
    [InlineData("GET", "/api/v1/namespaces/default/pods", "pods is forbidden: User \"jane\" cannot list resource \"pods\" in API group \"\" in the namespace \"default\"")]
    [InlineData("GET", "/api/v1/nodes", "nodes is forbidden: User \"jane\" cannot list resource \"nodes\" in API group \"\" at the cluster scope")]
    [InlineData("GET", "/api/v1/pods?watch=true", "pods is forbidden: User \"jane\" cannot watch resource \"pods\" in API group \"\" at the cluster scope")]
    [InlineData("GET", "/api/v1/namespaces/a/pods/p/log", "pods \"p\" is forbidden: User \"jane\" cannot get resource \"pods/log\" in API group \"\" in the namespace \"a\"")]
    [InlineData("DELETE", "/apis/apps/v1/namespaces/a/deployments/d", "deployments.apps \"d\" is forbidden: User \"jane\" cannot delete resource \"deployments\" in API group \"apps\" in the namespace \"a\"")]
    public async Task A_refusal_says_who_cannot_do_what(string method, string path, string message)
    {
        await using var api = await TestApi.StartAsync();
        using var jane = api.ClientWith(TestCertificates.Client("jane"));
        var refused = (await TestApi.SendAsync(jane, new HttpMethod(method), path)).Expect(HttpStatusCode.Forbidden);
        Assert.Equal(message, refused.Message);
        Assert.Equal("Forbidden", refused.Reason);
        (await TestApi.SendAsync(jane, HttpMethod.Get, "/api")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_node_agent_writes_its_own_node_and_lease_only()
    {
        await using var api = await TestApi.StartAsync();
        using var node = api.ClientWith(TestCertificates.Client("system:node:n1", "system:nodes"));
        (await TestApi.SendAsync(node, HttpMethod.Post, "/api/v1/nodes", """{"metadata":{"name":"n1"}}""", TestApi.Json)).Expect(HttpStatusCode.Created);
        (await api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n2"}}""")).Expect(HttpStatusCode.Created);
        const string patch = """{"status":{"nodeInfo":{"kernelVersion":"6"}}}""";
        const string merge = "application/merge-patch+json";
        (await TestApi.SendAsync(node, HttpMethod.Patch, "/api/v1/nodes/n1/status", patch, merge)).Expect(HttpStatusCode.OK);
        (await TestApi.SendAsync(node, HttpMethod.Patch, "/api/v1/nodes/n2/status", patch, merge)).Expect(HttpStatusCode.Forbidden);
        (await TestApi.SendAsync(node, HttpMethod.Get, "/api/v1/pods?fieldSelector=spec.nodeName%3Dn1")).Expect(HttpStatusCode.OK);
        (await TestApi.SendAsync(node, HttpMethod.Delete, "/api/v1/namespaces/kube-public")).Expect(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task A_static_token_is_its_user()
    {
        await using var api = await TestApi.StartAsync(options => options with
        {
            StaticTokens = new Dictionary<string, UserIdentity> { ["s3cret"] = UserIdentity.Of("robot", UserIdentity.MastersGroup) },
        });
        using var robot = api.ClientWith(null, "s3cret");
        (await TestApi.SendAsync(robot, HttpMethod.Get, "/api/v1/nodes")).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_token_of_a_service_account_is_good_as_long_as_the_account_is_there()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync("app");
        var token = await TokenAsync(api, "app", "{}");
        using var app = api.ClientWith(null, token);
        var refused = (await TestApi.SendAsync(app, HttpMethod.Get, "/api/v1/nodes")).Expect(HttpStatusCode.Forbidden);
        Assert.Contains("User \"system:serviceaccount:default:app\"", refused.Message, StringComparison.Ordinal);
        (await TestApi.SendAsync(app, HttpMethod.Get, "/apis")).Expect(HttpStatusCode.OK);

        await api.DeleteAsync($"{Accounts}/app");
        await UntilAsync(async () => (await TestApi.SendAsync(app, HttpMethod.Get, "/apis")).Code == HttpStatusCode.Unauthorized);

        // One of the same name is another account.
        await api.ServiceAccountAsync("app");
        (await TestApi.SendAsync(app, HttpMethod.Get, "/apis")).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_token_bound_to_a_pod_ends_with_it()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        var pod = await api.PodAsync("p", "n1");
        var uid = pod.Json["metadata"]!["uid"]!.GetValue<string>();
        var token = await TokenAsync(api, "default", $$$"""{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p","uid":"{{{uid}}}"},"expirationSeconds":3607}""");
        using var client = api.ClientWith(null, token);
        var review = (await TestApi.SendAsync(client, HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", TestApi.Json)).Expect(HttpStatusCode.Created);
        Assert.Equal("p", review.Json["status"]!["userInfo"]!["extra"]!["authentication.kubernetes.io/pod-name"]![0]!.GetValue<string>());
        await api.DeleteAsync("/api/v1/namespaces/default/pods/p?gracePeriodSeconds=0");
        await UntilAsync(async () => (await TestApi.SendAsync(client, HttpMethod.Get, "/apis")).Code == HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("""{"expirationSeconds":5}""", 422, "may not specify a duration less than 10 minutes")]
    [InlineData("""{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"nope"}}""", 404, "pods \"nope\" not found")]
    [InlineData("""{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p","uid":"other"}}""", 409, "does not match the UID in record")]
    [InlineData("""{"boundObjectRef":{"kind":"Secret","apiVersion":"v1","name":"s"}}""", 404, "secrets \"s\" not found")]
    [InlineData("""{"boundObjectRef":{"kind":"ConfigMap","apiVersion":"v1","name":"s"}}""", 400, "cannot bind token to object of type v1, Kind=ConfigMap")]
    public async Task A_token_request_that_makes_no_sense_is_refused(string spec, int code, string message)
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        await api.PodAsync("p", "n1");
        var refused = await api.PostAsync($"{Accounts}/default/token", $$"""{"spec":{{spec}}}""");
        refused.Expect((HttpStatusCode)code);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_good_for_its_audience_only_and_not_when_it_was_tampered_with()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync("app");
        var token = await TokenAsync(api, "app", """{"audiences":["vault"]}""");
        using var client = api.ClientWith(null, token);
        (await TestApi.SendAsync(client, HttpMethod.Get, "/apis")).Expect(HttpStatusCode.Unauthorized);

        var forVault = await ReviewAsync(api, token, """,["vault","other"]""");
        Assert.True(forVault["authenticated"]!.GetValue<bool>());
        Assert.Equal("vault", Assert.Single(forVault["audiences"]!.AsArray())!.GetValue<string>());
        Assert.Null((await ReviewAsync(api, token, ""))["authenticated"]);

        var parts = token.Split('.');
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(parts[1]))!;
        claims["aud"] = new JsonArray(claims["iss"]!.DeepClone());
        var forged = $"{parts[0]}.{System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(claims.ToJsonString()))}.{parts[2]}";
        using var forger = api.ClientWith(null, forged);
        (await TestApi.SendAsync(forger, HttpMethod.Get, "/apis")).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_key_for_verifying_tokens_elsewhere_is_published()
    {
        await using var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync("app");
        using var client = api.ClientWith(null, await TokenAsync(api, "app", "{}"));
        var configuration = (await TestApi.SendAsync(client, HttpMethod.Get, "/.well-known/openid-configuration")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("https://kubernetes.default.svc.cluster.local", configuration["issuer"]!.GetValue<string>());
        var keys = (await TestApi.SendAsync(client, HttpMethod.Get, "/openid/v1/jwks")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("ES256", keys["keys"]![0]!["alg"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("""{"resourceAttributes":{"verb":"delete","resource":"nodes"}}""", "jane", false)]
    [InlineData("""{"nonResourceAttributes":{"verb":"get","path":"/apis"}}""", "jane", true)]
    [InlineData("""{"resourceAttributes":{"verb":"delete","resource":"nodes"}}""", "admin", true)]
    public async Task Reviews_tell_who_may_do_what(string spec, string user, bool allowed)
    {
        await using var api = await TestApi.StartAsync();
        using var client = api.ClientWith(user == "admin" ? TestCertificates.Client("admin", "system:masters") : TestCertificates.Client(user));
        var own = (await TestApi.SendAsync(
            client, HttpMethod.Post, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", $$"""{"spec":{{spec}}}""", TestApi.Json)).Expect(HttpStatusCode.Created);
        Assert.Equal(allowed, own.Json["status"]!["allowed"]?.GetValue<bool>() ?? false);

        var groups = user == "admin" ? """["system:masters"]""" : """["system:authenticated"]""";
        var other = await api.PostAsync("/apis/authorization.k8s.io/v1/subjectaccessreviews", $$"""{"spec":{"user":"{{user}}","groups":{{groups}},{{spec[1..]}}}""");
        Assert.Equal(allowed, other.Expect(HttpStatusCode.Created).Json["status"]!["allowed"]?.GetValue<bool>() ?? false);
    }

    [Fact]
    public async Task Rules_are_listed_for_their_user()
    {
        await using var api = await TestApi.StartAsync();
        var rules = await api.PostAsync("/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", """{"spec":{"namespace":"default"}}""");
        Assert.Equal("*", rules.Expect(HttpStatusCode.Created).Json["status"]!["resourceRules"]![0]!["verbs"]![0]!.GetValue<string>());
    }

    [Fact]
    public async Task Acting_as_someone_else_takes_permission_and_then_counts_in_full()
    {
        await using var api = await TestApi.StartAsync();
        var asJane = await WhoAmIAsync(api.Admin, ("Impersonate-User", "jane"), ("Impersonate-Group", "dev"), ("Impersonate-Extra-team", "x"));
        var user = asJane.Expect(HttpStatusCode.Created).Json["status"]!["userInfo"]!;
        Assert.Equal("jane", user["username"]!.GetValue<string>());
        Assert.Equal(["dev", "system:authenticated"], user["groups"]!.AsArray().Select(static group => group!.GetValue<string>()));
        Assert.Equal("x", user["extra"]!["team"]![0]!.GetValue<string>());

        var asAccount = await WhoAmIAsync(api.Admin, ("Impersonate-User", "system:serviceaccount:default:app"));
        Assert.Contains("system:serviceaccounts:default", asAccount.Body, StringComparison.Ordinal);

        using var jane = api.ClientWith(TestCertificates.Client("jane"));
        var refused = (await WhoAmIAsync(jane, ("Impersonate-User", "admin"))).Expect(HttpStatusCode.Forbidden);
        Assert.Contains("User \"jane\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope", refused.Message, StringComparison.Ordinal);
        (await WhoAmIAsync(api.Admin, ("Impersonate-Group", "dev"))).Expect(HttpStatusCode.BadRequest);
    }

    private static async Task<Answer> WhoAmIAsync(HttpClient client, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews") { Content = new StringContent("{}") };
        request.Content.Headers.ContentType = new(TestApi.Json);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers, response.Content.Headers);
    }

    private static async Task<string> TokenAsync(TestApi api, string account, string spec)
    {
        var answer = (await api.PostAsync($"{Accounts}/{account}/token", $$"""{"spec":{{spec}}}""")).Expect(HttpStatusCode.Created);
        Assert.Equal("TokenRequest", answer.Json["kind"]!.GetValue<string>());
        return answer.Json["status"]!["token"]!.GetValue<string>();
    }

    private static async Task<JsonNode> ReviewAsync(TestApi api, string token, string audiences)
    {
        var list = audiences.Length == 0 ? "" : $",\"audiences\":{audiences[1..]}";
        var answer = await api.PostAsync("/apis/authentication.k8s.io/v1/tokenreviews", $$$"""{"spec":{"token":"{{{token}}}"{{{list}}}}}""");
        return answer.Expect(HttpStatusCode.Created).Json["status"]!;
    }

    private static Task UntilAsync(Func<Task<bool>> condition) => Strata.Testing.Eventually.TrueAsync(condition);
}
