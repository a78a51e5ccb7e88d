using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Strata.ApiServer.Tests.Server;

namespace Strata.ApiServer.Tests.CustomResources;

/// <summary>A real HTTPS server that converts widgets: what is <c>spec.color</c> in v1 is <c>spec.paint.color</c> in v2. It can be told to answer otherwise.</summary>
internal sealed class FakeConverter : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeConverter(WebApplication app) => _app = app;

    public string Url => $"https://localhost:{new Uri(_app.Urls.First()).Port}/convert";

    /// <summary>How many objects each call was about, and into which version.</summary>
    public ConcurrentQueue<(int Count, string Wanted)> Calls { get; } = new();

    /// <summary>Changes the answer before it is sent.</summary>
    public Action<JsonObject>? Spoil { get; set; }

    /// <summary>Whether it answers with status 500.</summary>
    public bool IsBroken { get; set; }

    public static async Task<FakeConverter> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(TestCertificates.Server)));
        var app = builder.Build();
        var fake = new FakeConverter(app);
        app.Run(fake.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return fake;
    }

    /// <summary>Widgets as this converts them, stored as v1.</summary>
    public JsonObject Definition()
    {
        var definition = Registry.Rules.Yaml("""
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: widgets.example.com}
            spec:
              group: example.com
              scope: Namespaced
              names: {plural: widgets, kind: Widget}
              conversion:
                strategy: Webhook
                webhook:
                  conversionReviewVersions: [v1]
                  clientConfig: {url: "https://replaced"}
              versions:
              - name: v1
                served: true
                storage: true
                subresources: {status: {}}
                selectableFields: [{jsonPath: .spec.color}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, required: [color], properties: {color: {type: string}}}
                      status: {type: object, properties: {phase: {type: string}}}
              - name: v2
                served: true
                storage: false
                subresources: {status: {}}
                selectableFields: [{jsonPath: .spec.paint.color}]
                additionalPrinterColumns: [{name: Paint, type: string, jsonPath: .spec.paint.color}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, properties: {paint: {type: object, required: [color], properties: {color: {type: string}}}}}
                      status: {type: object, properties: {phase: {type: string}}}
            """);
        var client = definition["spec"]!["conversion"]!["webhook"]!["clientConfig"]!;
        client["url"] = Url;
        client["caBundle"] = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(TestCertificates.AuthorityPem));
        return definition;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var review = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
        var request = review["request"]!.AsObject();
        var objects = request["objects"]!.AsArray();
        var wanted = request["desiredAPIVersion"]!.GetValue<string>();
        Calls.Enqueue((objects.Count, wanted));
        if (IsBroken)
        {
            context.Response.StatusCode = 500;
            await context.Response.WriteAsync("broken", context.RequestAborted);
            return;
        }

        var response = new JsonObject
        {
            ["uid"] = request["uid"]!.DeepClone(),
            ["result"] = new JsonObject { ["status"] = "Success" },
            ["convertedObjects"] = new JsonArray([.. objects.Select(item => Convert1(item!.DeepClone().AsObject(), wanted))]),
        };
        Spoil?.Invoke(response);
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["apiVersion"] = "apiextensions.k8s.io/v1", ["kind"] = "ConversionReview", ["response"] = response }.ToJsonString(), context.RequestAborted);
    }

    private static JsonObject Convert1(JsonObject widget, string wanted)
    {
        widget["apiVersion"] = wanted;
        if (widget["spec"] is JsonObject spec)
        {
            var color = wanted.EndsWith("v2", StringComparison.Ordinal) ? spec["color"] : spec["paint"]?["color"];
            widget["spec"] = wanted.EndsWith("v2", StringComparison.Ordinal)
                ? new JsonObject { ["paint"] = new JsonObject { ["color"] = color?.DeepClone() } }
                : new JsonObject { ["color"] = color?.DeepClone() };
        }

        return widget;
    }
}
