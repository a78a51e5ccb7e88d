using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

public sealed class TraceTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    [Fact]
    public async Task A_request_and_what_the_store_did_for_it_belong_to_the_trace_of_the_client()
    {
        var trace = ActivityTraceId.CreateRandom();
        var parent = ActivitySpanId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = ListenTo(trace, spans);
        await using var api = await TestApi.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps)
        {
            Content = new StringContent("""{"metadata":{"name":"traced"}}""", Encoding.UTF8, "application/json"),
            Headers = { { "traceparent", $"00-{trace}-{parent}-01" } },
        };
        using var client = api.ClientWith(TestCertificates.Client("admin", "system:masters"));
        using var answer = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);

        await Eventually.TrueAsync(() => Task.FromResult(spans.Any(span => span.Kind == ActivityKind.Server)));
        var server = spans.Single(span => span.Kind == ActivityKind.Server);
        Assert.Equal("POST /api/v1/namespaces/{namespace}/configmaps", server.DisplayName);
        Assert.Equal(parent, server.ParentSpanId);
        Assert.Equal(201, server.GetTagItem("http.response.status_code"));
        Assert.Equal("default", server.GetTagItem("k8s.namespace.name"));
        var store = spans.Single(span => span.DisplayName == "store create");
        Assert.Equal(server.SpanId, store.ParentSpanId);
        Assert.Equal("/registry/configmaps/default/traced", store.GetTagItem("db.query.summary"));
    }

    [Fact]
    public async Task A_watch_has_no_span_and_a_failed_request_is_marked()
    {
        var trace = ActivityTraceId.CreateRandom();
        var spans = new ConcurrentQueue<Activity>();
        using var listener = ListenTo(trace, spans);
        await using var api = await TestApi.StartAsync();
        using var client = api.ClientWith(TestCertificates.Client("admin", "system:masters"));
        client.DefaultRequestHeaders.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var watched = await client.GetAsync($"{Maps}?watch=1&timeoutSeconds=1");
        using var missing = await client.GetAsync($"{Maps}/missing");

        await Eventually.TrueAsync(() => Task.FromResult(spans.Any(span => span.Kind == ActivityKind.Server)));
        var only = Assert.Single(spans, span => span.Kind == ActivityKind.Server);
        Assert.Equal("GET /api/v1/namespaces/{namespace}/configmaps/{name}", only.DisplayName);
        Assert.Equal(404, only.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, only.Status); // The client's mistake is no failure of the server.
    }

    // Other tests run beside this one, and are not listened to.
    private static ActivityListener ListenTo(ActivityTraceId trace, ConcurrentQueue<Activity> spans)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Strata.ApiServer",
            Sample = (ref options) => options.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = span => spans.Enqueue(span),
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
