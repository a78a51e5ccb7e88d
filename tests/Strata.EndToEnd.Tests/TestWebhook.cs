using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Strata.Hosting.Certificates;

namespace Strata.EndToEnd.Tests;

/// <summary>A webhook on loopback with a certificate of its own authority: labels or refuses ConfigMaps, and converts gauges (<c>spec.celsius</c> in v1, <c>spec.kelvin</c> in v2).</summary>
internal sealed class TestWebhook : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestWebhook(WebApplication app, string authorityPem)
    {
        _app = app;
        Bundle = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(authorityPem));
    }

    /// <summary>For <c>caBundle</c>.</summary>
    public string Bundle { get; }

    public string Url(string path) => $"https://127.0.0.1:{new Uri(_app.Urls.First()).Port}{path}";

    public static async Task<TestWebhook> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("strata-e2e-webhook-");
        var authority = CertificateAuthority.Open(folder.FullName, "webhook-test", TimeProvider.System);
        var certificate = authority.Issue(CertificateRequestInfo.Server("webhook", ["localhost"], [IPAddress.Loopback])).ToCertificate();
        folder.Delete(recursive: true);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.Run(AnswerAsync);
        await app.StartAsync();
        return new TestWebhook(app, authority.CertificatePem);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body))!.AsObject();
        var request = review["request"]!.AsObject();
        JsonObject response = context.Request.Path.Value switch
        {
            "/label" => Label(),
            "/refuse" => new() { ["allowed"] = request["object"]?["data"]?["size"]?.ToString() != "huge", ["status"] = new JsonObject { ["message"] = "too large for this house" } },
            _ => new() { ["result"] = new JsonObject { ["status"] = "Success" }, ["convertedObjects"] = new JsonArray([.. request["objects"]!.AsArray().Select(item => Convert1(item!, request["desiredAPIVersion"]!.ToString()))]) },
        };
        response["uid"] = request["uid"]!.DeepClone();
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["apiVersion"] = review["apiVersion"]!.DeepClone(), ["kind"] = review["kind"]!.DeepClone(), ["response"] = response }.ToJsonString());
    }

    private static JsonObject Label()
    {
        var patch = """[{"op":"add","path":"/data/marked","value":"yes"}]"""u8;
        return new JsonObject { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(patch), ["warnings"] = new JsonArray("the webhook was here") };
    }

    private static JsonNode Convert1(JsonNode item, string wanted)
    {
        var gauge = item.DeepClone();
        gauge["apiVersion"] = wanted;
        var spec = gauge["spec"]!.AsObject();
        gauge["spec"] = wanted.EndsWith("/v2", StringComparison.Ordinal)
            ? new JsonObject { ["kelvin"] = spec["celsius"]!.GetValue<int>() + 273 }
            : new JsonObject { ["celsius"] = spec["kelvin"]!.GetValue<int>() - 273 };
        return gauge;
    }
}
