using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Json;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Tests.Registry;
using Strata.ApiServer.Tests.Server;
using Strata.Store;

namespace Strata.ApiServer.Tests.Fuzz;

/// <summary>A server with one object of every kind, and what must hold after every request: it is answered in time, never by 500, refused with a Status, and a refusal has changed nothing.</summary>
internal sealed class FuzzedServer : IAsyncDisposable
{
    // Upstream's own 500s: an apply that does not fit the types, and a node that has told no address yet.
    private static readonly string[] UpstreamFailures = ["failed to create typed patch object", "no preferred addresses found"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly TestApi _api;

    private FuzzedServer(TestApi api, IReadOnlyList<Seed> seeds) => (_api, Seeds) = (api, seeds);

    /// <summary>One object of every kind, as it was created.</summary>
    public IReadOnlyList<Seed> Seeds { get; }

    public int Accepted { get; private set; }

    public int Refused { get; private set; }

    public static async Task<FuzzedServer> StartAsync()
    {
        var api = await TestApi.StartAsync();
        await api.ServiceAccountAsync();
        var seeds = new List<Seed>();
        foreach (var strategy in KindCatalog.All(Kinds.SharedAllocator()))
        {
            if (KindsOverStoreTests.Objects.FirstOrDefault(row => row.Data.Item1 == strategy.Kind.Kind) is not { } row)
            {
                continue; // Has tests of its own.
            }

            var body = YamlJson.Parse(Encoding.UTF8.GetBytes(row.Data.Item2), null).AsObject();
            body["apiVersion"] = strategy.Kind.ApiVersion;
            body["kind"] = strategy.Kind.Kind;
            var seed = new Seed(strategy, body, strategy.Kind.Path("default"), body["metadata"]!["name"]!.GetValue<string>());
            seeds.Add(seed);
            (await api.PostAsync(seed.Collection, body.ToJsonString())).Expect(HttpStatusCode.Created);
        }

        return new FuzzedServer(api, seeds);
    }

    /// <summary>Creates the object of a kind again, should it be gone.</summary>
    public async Task RestoreAsync(Seed seed)
    {
        if ((await _api.GetAsync(seed.Path)).Code == HttpStatusCode.NotFound)
        {
            await _api.PostAsync("/api/v1/namespaces/default/serviceaccounts", """{"metadata":{"name":"default"}}"""); // Pods need it, if it went with a collection.
            (await _api.PostAsync(seed.Collection, seed.Body.ToJsonString())).Expect(HttpStatusCode.Created);
        }
    }

    /// <summary>Sends one request and looks at everything that must hold.</summary>
    /// <param name="what">Tells a failing case apart.</param>
    public async Task<int> SendAsync(string what, string method, string pathAndQuery, byte[]? body = null, string? contentType = null, IEnumerable<(string Name, string Value)>? headers = null)
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var before = await _api.Store.GetCurrentRevisionAsync(cancellationToken);
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"https://127.0.0.1:{_api.Address.Port}{pathAndQuery}"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        foreach (var (name, value) in headers ?? [])
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var text = Describe(what, method, pathAndQuery, body, contentType, headers);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Deadline);
        try
        {
            // Headers are enough of an accepted watch, which would go on and on.
            using var response = await _api.Admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
            var code = (int)response.StatusCode;
            var isRefused = code >= 400;
            var answer = isRefused ? await response.Content.ReadAsStringAsync(deadline.Token) : "";
            if (isRefused)
            {
                CheckRefusal(text, code, answer, method);
                await CheckUntouchedAsync(text, before, cancellationToken);
                Refused++;
            }
            else
            {
                Accepted++;
            }

            return code;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Assert.Fail($"no answer within {Deadline.TotalSeconds} s: {text}");
            throw;
        }
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private static void CheckRefusal(string text, int code, string answer, string method)
    {
        Assert.True(code != 500 || (method == "HEAD" && text.Contains("/proxy", StringComparison.Ordinal)) || UpstreamFailures.Any(known => answer.Contains(known, StringComparison.Ordinal)), $"500 for {text}\n{answer}");

        if (method == "HEAD" || answer.Length == 0)
        {
            return;
        }

        try
        {
            var status = JsonNode.Parse(answer)!.AsObject();
            Assert.True(status["kind"]!.GetValue<string>() == "Status" && status["code"]!.GetValue<int>() == code, $"not a Status: {text}\n{answer}");
        }
        catch (JsonException e)
        {
            Assert.Fail($"{code} is not JSON ({e.Message}) for {text}\n{answer}");
        }
    }

    // A refused creation may have taken and given back an address: revisions pass, the bytes are the same.
    private async Task CheckUntouchedAsync(string text, long before, CancellationToken cancellationToken)
    {
        if (await _api.Store.GetCurrentRevisionAsync(cancellationToken) == before)
        {
            return;
        }

        var (old, now) = (await ReadAsync(before, cancellationToken), await ReadAsync(0, cancellationToken));
        var changed = old.Keys.Union(now.Keys).Where(key => !old.TryGetValue(key, out var was) || !now.TryGetValue(key, out var value) || !was.AsSpan().SequenceEqual(value)).ToList();
        Assert.True(changed.Count == 0, $"refused, yet it changed {string.Join(", ", changed)}: {text}");
    }

    private async Task<Dictionary<string, byte[]>> ReadAsync(long revision, CancellationToken cancellationToken)
    {
        var page = await _api.Store.RangeAsync(KeyRange.Prefix("/"u8.ToArray()), revision, 100_000, cancellationToken);
        return page.Entries.ToDictionary(static entry => Encoding.UTF8.GetString(entry.Key.Span), static entry => entry.Value.ToArray());
    }

    private static string Describe(string what, string method, string path, byte[]? body, string? contentType, IEnumerable<(string Name, string Value)>? headers)
    {
        var sent = body is null ? "" : Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 3000)));
        return $"{what}: {method} {path} {contentType} {string.Join(' ', headers ?? [])}\n{sent}";
    }
}
