using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>What tokens end with besides their time.</summary>
public sealed class TokenBindingTests : IAsyncLifetime
{
    private const string Default = "/api/v1/namespaces/default";

    private TestApi _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await TestApi.StartAsync(options => options with { ClusterCertificateAuthority = "the CA" });
        await _api.ServiceAccountAsync();
    }

    public async ValueTask DisposeAsync() => await _api.DisposeAsync();

    [Theory]
    [InlineData("Secret", $"{Default}/secrets")]
    [InlineData("Node", "/api/v1/nodes")]
    public async Task A_token_ends_with_the_object_it_is_bound_to(string kind, string path)
    {
        (await _api.PostAsync(path, """{"metadata":{"name":"a"}}""")).Expect(HttpStatusCode.Created);
        var (token, _) = await TokenAsync($$"""{"boundObjectRef":{"kind":"{{kind}}","apiVersion":"v1","name":"a"} }""");
        using var client = _api.ClientWith(null, token);
        Assert.Equal(HttpStatusCode.OK, (await TestApi.SendAsync(client, HttpMethod.Get, "/apis")).Code);
        await _api.DeleteAsync($"{path}/a");
        await Eventually.TrueAsync(async () => (await TestApi.SendAsync(client, HttpMethod.Get, "/apis")).Code == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_pods_token_tells_its_node_and_outlives_the_hour()
    {
        (await _api.PostAsync("/api/v1/nodes", """{"metadata":{"name":"n1"}}""")).Expect(HttpStatusCode.Created);
        await _api.PodAsync("p", "n1");
        var (token, status) = await TokenAsync("""{"boundObjectRef":{"kind":"Pod","apiVersion":"v1","name":"p"},"expirationSeconds":3607}""");
        var claims = JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[1]))!;
        var issued = claims["iat"]!.GetValue<long>();
        Assert.Equal(issued + (365 * 24 * 3600), claims["exp"]!.GetValue<long>());
        Assert.Equal(issued + 3607, claims["kubernetes.io"]!["warnafter"]!.GetValue<long>());
        Assert.Equal(issued + 3607, DateTimeOffset.Parse(status["expirationTimestamp"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());

        using var client = _api.ClientWith(null, token);
        var review = (await TestApi.SendAsync(client, HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", TestApi.Json)).Expect(HttpStatusCode.Created);
        var extra = review.Json["status"]!["userInfo"]!["extra"]!;
        Assert.Equal("n1", extra["authentication.kubernetes.io/node-name"]![0]!.GetValue<string>());
        Assert.Equal(36, extra["authentication.kubernetes.io/node-uid"]![0]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task A_token_secret_is_filled_and_its_token_good_while_the_secret_holds_it()
    {
        const string body = """{"metadata":{"name":"t","annotations":{"kubernetes.io/service-account.name":"default"}},"type":"kubernetes.io/service-account-token"}""";
        var secret = (await _api.PostAsync($"{Default}/secrets", body)).Expect(HttpStatusCode.Created).Json;
        Assert.Equal("the CA", Text(secret, "ca.crt"));
        Assert.Equal("default", Text(secret, "namespace"));
        using var client = _api.ClientWith(null, Text(secret, "token"));
        var who = (await TestApi.SendAsync(client, HttpMethod.Post, "/apis/authentication.k8s.io/v1/selfsubjectreviews", "{}", TestApi.Json)).Expect(HttpStatusCode.Created);
        Assert.Equal("system:serviceaccount:default:default", who.Json["status"]!["userInfo"]!["username"]!.GetValue<string>());

        // A patch of something else leaves the token alone; a token taken out is replaced by another.
        var patched = (await _api.MergePatchAsync($"{Default}/secrets/t", """{"metadata":{"labels":{"a":"b"}}}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal(Text(secret, "token"), Text(patched, "token"));
        var renewed = (await _api.MergePatchAsync($"{Default}/secrets/t", """{"data":{"token":null}}""")).Expect(HttpStatusCode.OK).Json;
        Assert.NotEqual(Text(secret, "token"), Text(renewed, "token"));
        await Eventually.TrueAsync(async () => (await TestApi.SendAsync(client, HttpMethod.Get, "/apis")).Code == HttpStatusCode.Unauthorized);
    }

    private static string Text(JsonNode secret, string key) => Encoding.UTF8.GetString(Convert.FromBase64String(secret["data"]![key]!.GetValue<string>()));

    private async Task<(string Token, JsonNode Status)> TokenAsync(string spec)
    {
        var answer = (await _api.PostAsync($"{Default}/serviceaccounts/default/token", $$"""{"spec":{{spec}} }""")).Expect(HttpStatusCode.Created);
        return (answer.Json["status"]!["token"]!.GetValue<string>(), answer.Json["status"]!);
    }
}
