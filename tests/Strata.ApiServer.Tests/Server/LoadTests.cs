using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Strata.Api.Errors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Http;
using Strata.Client;
using Strata.Testing;

namespace Strata.ApiServer.Tests.Server;

/// <summary>What a server does for some clients while others ask too much, too slowly, or do not listen.</summary>
public sealed class LoadTests
{
    private const string Maps = "/api/v1/namespaces/default/configmaps";

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private GatedStore _store = null!;
    private int _created;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flood_from_one_user_starves_neither_another_nor_the_parts_of_the_cluster()
    {
        await using var api = await StartAsync(seats: 24);
        using var flooding = api.ClientWith(null, "flood");
        using var other = api.ClientWith(null, "other");
        using var node = api.ClientWith(null, "node");

        var flood = Enumerable.Range(0, 400).Select(index => SlowAsync(flooding, index)).ToList();
        await Eventually.TrueAsync(() => _store.Waiting > 0 && flood.Any(static request => request.IsCompleted));

        // While every seat of the level hangs in the store: nodes, masters and health have theirs.
        (await TestApi.SendAsync(node, HttpMethod.Get, "/api/v1/services")).Expect(HttpStatusCode.OK);
        (await api.GetAsync(Maps)).Expect(HttpStatusCode.OK);
        (await TestApi.SendAsync(flooding, HttpMethod.Get, "/livez")).Expect(HttpStatusCode.OK);

        // The flood is bounded: what does not fit is sent away with a time to come back.
        var refused = await (await Task.WhenAny(flood));
        Assert.Equal((HttpStatusCode.TooManyRequests, StatusReason.TooManyRequests), (refused.Code, refused.Reason));
        Assert.Equal(TimeSpan.FromSeconds(1), refused.Headers.RetryAfter!.Delta);
        Assert.True(_store.Waiting <= 24);

        // Another user of the same level waits for a few seats, not for the whole flood.
        var patient = TestApi.SendAsync(other, HttpMethod.Get, $"{Maps}/kube-root-ca.crt");
        var let = 0;
        while (!patient.IsCompleted && let < 50)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            _store.Let(1);
            var before = ++let;
            await Eventually.TrueAsync(() => patient.IsCompleted || Volatile.Read(ref _created) >= before);
        }

        Assert.Equal(HttpStatusCode.NotFound, (await patient).Code);
        Assert.True(let < 40, $"{let} requests of the flood went first");
        _store.Let(400);
        var answers = await Task.WhenAll(flood);
        Assert.All(answers, static answer => Assert.Contains(answer.Code, (HttpStatusCode[])[HttpStatusCode.Created, HttpStatusCode.TooManyRequests]));
    }

    [Fact]
    public async Task Priority_levels_follow_their_objects()
    {
        await using var api = await StartAsync(seats: 24);
        using var other = api.ClientWith(null, "other");
        var levels = (await api.GetAsync("/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations")).Expect(HttpStatusCode.OK);
        Assert.Equal(["catch-all", "exempt", "global-default", "leader-election", "node-high", "system", "workload-high", "workload-low"], levels.Names);

        (await api.PostAsync(
            "/apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations",
            """{"metadata":{"name":"closed"},"spec":{"type":"Limited","limited":{"nominalConcurrencyShares":0,"borrowingLimitPercent":0,"limitResponse":{"type":"Reject"}}}}""")).Expect(HttpStatusCode.Created);
        var schema = (await api.PostAsync(
            "/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas",
            """
            {"metadata":{"name":"others"},"spec":{"matchingPrecedence":50,"priorityLevelConfiguration":{"name":"closed"},"rules":[{"subjects":[{"kind":"User","user":{"name":"other"}}],
             "resourceRules":[{"verbs":["*"],"apiGroups":["*"],"resources":["*"],"namespaces":["*"],"clusterScope":true}]}]}}
            """)).Expect(HttpStatusCode.Created);

        var slow = TestApi.SendAsync(other, HttpMethod.Post, Maps, """{"metadata":{"name":"slow"}}""", TestApi.Json);
        await Eventually.TrueAsync(() => _store.Waiting == 1); // A level without seats runs one request at a time.
        var refused = (await TestApi.SendAsync(other, HttpMethod.Get, Maps)).Expect(HttpStatusCode.TooManyRequests);
        Assert.Contains("\"closed\"", refused.Message, StringComparison.Ordinal);
        _store.Let(1);

        var created = (await slow).Expect(HttpStatusCode.Created);
        Assert.Equal([schema.Json["metadata"]!["uid"]!.GetValue<string>()], created.Headers.GetValues("X-Kubernetes-Pf-Flowschema-Uid"));
    }

    [Theory]
    [InlineData("", 34)]
    [InlineData("?timeout=5s", 5)]
    [InlineData("?timeout=90s", 34)]
    public async Task A_write_that_takes_too_long_is_answered_504(string query, int seconds)
    {
        await using var api = await StartAsync();
        var write = api.PostAsync(Maps + query, """{"metadata":{"name":"slow"}}""");
        await Eventually.TrueAsync(() => _store.Waiting == 1);

        _clock.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.Equal(1, _store.Waiting);
        _clock.Advance(TimeSpan.FromSeconds(1));

        var answer = (await write).Expect(HttpStatusCode.GatewayTimeout);
        Assert.Equal(StatusReason.Timeout, answer.Reason);
        Assert.Equal("Timeout: request did not complete within requested timeout - context deadline exceeded", answer.Message);
        (await api.GetAsync($"{Maps}/slow")).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_timeout_that_is_no_duration_is_refused()
    {
        await using var api = await StartAsync();

        var answer = (await api.GetAsync($"{Maps}?timeout=soon")).Expect(HttpStatusCode.BadRequest);

        Assert.Equal("invalid timeout specified in the request URL - time: invalid duration \"soon\"", answer.Message);
    }

    [Fact]
    public async Task A_body_that_trickles_in_has_the_time_of_the_whole_request_and_no_more()
    {
        await using var api = await StartAsync();
        await using var connection = await ConnectAsync(api, $"POST {Maps} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer admin\r\nContent-Length: 1000\r\n\r\n{{");

        var answer = ReadHeadAsync(connection);
        while (!answer.IsCompleted)
        {
            _clock.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, Token);
        }

        Assert.StartsWith("HTTP/1.1 504", await answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_watcher_that_does_not_read_is_dropped_and_others_are_not_kept_waiting()
    {
        const int Changes = 1500;
        await using var api = await StartAsync();
        await api.ConfigMapAsync("busy");
        await using var deaf = await ConnectAsync(api, $"GET {Maps}?watch=1&resourceVersion=0 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer admin\r\n\r\n");
        using var listening = await api.WatchAsync($"{Maps}?watch=1&resourceVersion=0");
        Assert.Equal("ADDED busy", await listening.NextTextAsync());

        var filler = new string('x', 20_000);
        var seen = Task.Run(async () =>
        {
            for (var count = 0; count < Changes; count++)
            {
                Assert.Equal("MODIFIED busy", await listening.NextTextAsync());
            }
        }, Token);
        for (var change = 0; change < Changes; change++)
        {
            var request = new ApiRequest(
                HttpMethod.Patch, $"{Maps}/busy", "", Encoding.UTF8.GetBytes($$$"""{"data":{"v":"{{{change}}}{{{filler}}}"}}"""), "application/merge-patch+json");
            await api.Transport.SendAsync(request, Token);
        }

        await seen; // None of them waited for the deaf one.
        _clock.Advance(WatchRenderer.UnreadLimit);
        var read = await ReadAllAsync(deaf);
        Assert.True(read < Changes * 20_000L, $"{read} bytes had been kept for it");
    }

    private async Task<Answer> SlowAsync(HttpClient client, int index)
    {
        var answer = await TestApi.SendAsync(client, HttpMethod.Post, Maps, $$$"""{"metadata":{"name":"slow-{{{index}}}"}}""", TestApi.Json);
        Interlocked.Add(ref _created, answer.Code == HttpStatusCode.Created ? 1 : 0);
        return answer;
    }

    private static async Task<SslStream> ConnectAsync(TestApi api, string head)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, api.Address.Port, Token);
        var stream = new SslStream(client.GetStream(), leaveInnerStreamOpen: false, static (_, _, _, _) => true);
        await stream.AuthenticateAsClientAsync("localhost");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Token);
        return stream;
    }

    private static async Task<string> ReadHeadAsync(Stream stream)
    {
        using var reader = new StreamReader(stream, leaveOpen: true);
        return await reader.ReadLineAsync(Token) ?? "";
    }

    private static async Task<long> ReadAllAsync(Stream stream)
    {
        var buffer = new byte[1 << 16];
        var total = 0L;
        try
        {
            while (await stream.ReadAsync(buffer, Token).AsTask().WaitAsync(TimeSpan.FromSeconds(20), Token) is > 0 and var read)
            {
                total += read;
            }
        }
        catch (IOException)
        {
            // Cut off, as it should be.
        }

        return total;
    }

    private async Task<TestApi> StartAsync(int seats = 600)
    {
        var everyone = "flood other".Split(' ').ToDictionary(static name => name, static name => UserIdentity.Of(name));
        everyone["node"] = UserIdentity.Of("system:node:a", UserIdentity.NodesGroup);
        everyone["admin"] = UserIdentity.Of("admin", UserIdentity.MastersGroup);
        var api = await TestApi.StartAsync(options => options with { Store = _store = new GatedStore(options.Store), Clock = _clock, StaticTokens = everyone, MaxRequestsInFlight = seats });
        foreach (var user in (string[])["flood", "other"])
        {
            (await api.PostAsync(
                "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
                $$$"""{"metadata":{"name":"{{{user}}}"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"{{{user}}}"}]}"""))
                .Expect(HttpStatusCode.Created);
        }

        return api;
    }
}
