using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Strata.ApiServer.Tests.Server.Webhooks;

/// <summary>A real HTTPS server that answers AdmissionReviews as the test says, by path, and keeps what it was asked.</summary>
internal sealed class FakeWebhook : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Func<JsonObject, Task<JsonNode?>>> _answers = new();
    private readonly WebApplication _app;

    private FakeWebhook(WebApplication app) => _app = app;

    /// <summary>Requests of the reviews that came, with their paths, in order.</summary>
    public ConcurrentQueue<(string Path, JsonObject Request)> Asked { get; } = new();

    public int Port => new Uri(_app.Urls.First()).Port;

    public string Url(string path) => $"https://localhost:{Port}{path}";

    public static async Task<FakeWebhook> StartAsync(X509Certificate2 certificate)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var fake = new FakeWebhook(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Answers with the members of <c>response</c> besides uid; null for a status 500.</summary>
    public void On(string path, Func<JsonObject, JsonNode?> answer) => _answers[path] = request => Task.FromResult(answer(request));

    public void On(string path, Func<JsonObject, Task<JsonNode?>> answer) => _answers[path] = answer;

    public static JsonObject Allow => new() { ["allowed"] = true };

    public static JsonObject Patch(string patch) =>
        new() { ["allowed"] = true, ["patchType"] = "JSONPatch", ["patch"] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(patch)) };

    public static JsonObject Deny(string? message, int code = 0) => new() { ["allowed"] = false, ["status"] = new JsonObject { ["message"] = message, ["code"] = code } };

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        var request = review["request"]!.AsObject();
        Asked.Enqueue((context.Request.Path.Value!, request));
        var answer = _answers.TryGetValue(context.Request.Path.Value!, out var make) ? await make(request) : Allow;
        if (answer is not JsonObject response)
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("broken", context.RequestAborted);
            return;
        }

        response["uid"] ??= request["uid"]!.GetValue<string>();
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response }.ToJsonString(), context.RequestAborted);
    }
}
