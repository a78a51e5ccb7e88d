using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client.Http;

namespace Strata.Client.Tests.Http;

public sealed class HttpApiTransportTests
{
    [Fact]
    public async Task A_request_carries_method_path_query_body_and_who_asks()
    {
        string? seen = null;
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = context.Request;
            seen = $"{request.Method} {request.Path}{request.QueryString} {request.ContentType} {request.Headers.Authorization} {request.Headers.UserAgent} {await reader.ReadToEndAsync()}";
            await context.Response.WriteAsync("""{"kind":"ConfigMap","metadata":{"name":"a"}}""");
        });
        using var transport = new HttpApiTransport(new Uri(server.Address, "/prefix/"), new SocketsHttpHandler(), "strata-test/1.0", _ => ValueTask.FromResult<string?>("token"));

        var answer = await transport.SendAsync(new ApiRequest(HttpMethod.Patch, "/api/v1/x", "a=b%26", "{}"u8.ToArray(), "application/merge-patch+json"), CancellationToken.None);

        Assert.Equal("PATCH /prefix/api/v1/x?a=b%26 application/merge-patch+json Bearer token strata-test/1.0 {}", seen);
        Assert.Equal("a", answer.As<ConfigMap>().Metadata.Name);
    }

    [Fact]
    public async Task A_refusal_is_thrown_with_the_servers_status()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 409;
            return context.Response.WriteAsync(Encoding.UTF8.GetString(ApiErrors.AlreadyExists(ConfigMap.Info, "a").Status.ToJson()));
        });
        using var transport = Connect(server.Address);

        var error = await Assert.ThrowsAsync<ApiException>(() => SendAsync(transport));
        Assert.True(error.IsAlreadyExists);
        Assert.Equal("configmaps \"a\" already exists", error.Message);
    }

    [Theory]
    [InlineData(401, "Unauthorized")]
    [InlineData(404, "NotFound")]
    [InlineData(429, "TooManyRequests")]
    [InlineData(502, "InternalError")]
    [InlineData(503, "ServiceUnavailable")]
    public async Task An_answer_without_a_status_is_judged_by_its_code(int code, string reason)
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = code;
            return context.Response.WriteAsync("<html>proxy</html>");
        });
        using var transport = Connect(server.Address);

        var error = await Assert.ThrowsAsync<ApiException>(() => SendAsync(transport));
        Assert.Equal((code, reason), (error.Status.Code, error.Reason));
        Assert.Contains("<html>proxy</html>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_unavailable()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}");
        listener.Stop();
        using var transport = Connect(address);

        var error = await Assert.ThrowsAsync<ApiException>(() => SendAsync(transport));
        Assert.Equal(StatusReason.ServiceUnavailable, error.Reason);
        Assert.StartsWith($"cannot reach the API server at {address}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_out_is_unavailable_and_a_cancelled_call_is_cancelled()
    {
        await using var server = await LoopbackServer.StartAsync(context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));
        using var impatient = new HttpApiTransport(server.Address, new ImpatientHandler(), "strata-test/1.0");
        Assert.Equal(StatusReason.ServiceUnavailable, (await Assert.ThrowsAsync<ApiException>(() => SendAsync(impatient))).Reason);

        using var transport = Connect(server.Address);
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => transport.SendAsync(Get, cancel.Token));
    }

    [Fact]
    public async Task Watch_events_arrive_however_the_stream_is_cut()
    {
        const string Stream = "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"ä\"}}}\n{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"b\"}}}\n";
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            var bytes = Encoding.UTF8.GetBytes(Stream);
            for (var start = 0; start < bytes.Length; start += 7)
            {
                await context.Response.Body.WriteAsync(bytes.AsMemory(start, Math.Min(7, bytes.Length - start)));
                await context.Response.Body.FlushAsync();
            }
        });
        using var transport = Connect(server.Address);

        Assert.Equal([(WatchEventType.Added, "ä"), (WatchEventType.Deleted, "b")], await WatchAsync(transport));
    }

    [Fact]
    public async Task Events_are_delivered_while_the_stream_stays_open()
    {
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await LoopbackServer.StartAsync(async context =>
        {
            await LoopbackServer.SendAsync(context, Line("ADDED", "a"));
            await next.Task;
            await LoopbackServer.SendAsync(context, Line("MODIFIED", "a"));
        });
        using var transport = Connect(server.Address);

        await using var events = transport.WatchAsync(Get, CancellationToken.None).GetAsyncEnumerator();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(WatchEventType.Added, events.Current.Type);
        next.SetResult();
        Assert.True(await events.MoveNextAsync());
        Assert.Equal(WatchEventType.Modified, events.Current.Type);
        Assert.False(await events.MoveNextAsync());
    }

    [Fact]
    public async Task Events_larger_than_a_buffer_arrive_whole()
    {
        var name = new string('x', 200_000);
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(Line("ADDED", name) + Line("ADDED", "b")));
        using var transport = Connect(server.Address);

        Assert.Equal([name, "b"], (await WatchAsync(transport)).Select(change => change.Name));
    }

    [Fact]
    public async Task An_error_event_ends_the_watch_with_its_status()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(
            Line("ADDED", "a") + "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\",\"message\":\"gone\"}}\n"));
        using var transport = Connect(server.Address);

        Assert.True((await Assert.ThrowsAsync<ApiException>(() => WatchAsync(transport))).IsExpired);
    }

    [Fact]
    public async Task A_watch_that_is_refused_throws_before_any_event()
    {
        await using var server = await LoopbackServer.StartAsync(context =>
        {
            context.Response.StatusCode = 410;
            return context.Response.WriteAsync(Encoding.UTF8.GetString(ApiErrors.Expired("too old").Status.ToJson()));
        });
        using var transport = Connect(server.Address);

        Assert.True((await Assert.ThrowsAsync<ApiException>(() => WatchAsync(transport))).IsExpired);
    }

    [Fact]
    public async Task A_watch_that_breaks_off_is_unavailable_and_one_cut_within_an_event_is_an_error()
    {
        await using var breaking = await LoopbackServer.StartAsync(async context =>
        {
            await LoopbackServer.SendAsync(context, Line("ADDED", "a"));
            context.Abort();
        });
        using var first = Connect(breaking.Address);
        Assert.Equal(StatusReason.ServiceUnavailable, (await Assert.ThrowsAsync<ApiException>(() => WatchAsync(first))).Reason);

        await using var cutting = await LoopbackServer.StartAsync(context => context.Response.WriteAsync(Line("ADDED", "a")[..20]));
        using var second = Connect(cutting.Address);
        await Assert.ThrowsAsync<ApiException>(() => WatchAsync(second));
    }

    [Fact]
    public async Task Lists_and_streams_are_read()
    {
        await using var server = await LoopbackServer.StartAsync(context => context.Response.WriteAsync("""{"metadata":{"resourceVersion":"5"},"items":[{"metadata":{"name":"a"}}]}"""));
        using var transport = Connect(server.Address);

        var list = await new KubeClient(transport).ListAsync<ConfigMap>("default", ListOptions.All, CancellationToken.None);
        Assert.Equal(("5", "a"), (list.ResourceVersion, list.Items.Single().Metadata.Name));
        await using var stream = await transport.OpenStreamAsync(Get, CancellationToken.None);
        using var reader = new StreamReader(stream);
        Assert.StartsWith("{\"metadata\"", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private static ApiRequest Get { get; } = new(HttpMethod.Get, "/api/v1/configmaps");

    private static HttpApiTransport Connect(Uri server) => new(server, new SocketsHttpHandler(), "strata-test/1.0");

    private static Task<ApiObject> SendAsync(HttpApiTransport transport) => transport.SendAsync(Get, CancellationToken.None);

    private static string Line(string type, string name) => $$$$"""{"type":"{{{{type}}}}","object":{"metadata":{"name":"{{{{name}}}}"}}}""" + "\n";

    private static async Task<List<(WatchEventType Type, string Name)>> WatchAsync(HttpApiTransport transport)
    {
        var seen = new List<(WatchEventType, string)>();
        await foreach (var frame in transport.WatchAsync(Get, CancellationToken.None))
        {
            seen.Add((frame.Type, frame.Object.As<ConfigMap>().Metadata.Name));
        }

        return seen;
    }

    // Gives up as a connection time-out does: by a cancellation that the caller did not ask for.
    private sealed class ImpatientHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new TaskCanceledException("timed out", new TimeoutException());
    }
}
