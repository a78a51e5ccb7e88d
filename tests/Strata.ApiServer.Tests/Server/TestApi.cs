using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.ApiServer.Authentication;
using Strata.Client;
using Strata.Store.Memory;

namespace Strata.ApiServer.Tests.Server;

/// <summary>A real API server on loopback over a store in memory, and ways to call it.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    public const string Json = "application/json";

    private readonly ECDsa _key;
    private readonly HttpClient _admin;

    private TestApi(ApiServerHost host, MemoryStore store, ECDsa key)
    {
        Host = host;
        Store = store;
        _key = key;
        _admin = ClientWith(TestCertificates.Client("admin", "system:masters"));
    }

    public ApiServerHost Host { get; }

    public MemoryStore Store { get; }

    public Uri Address => new($"https://127.0.0.1:{Host.Endpoints[0].Port}");

    public HttpClient Admin => _admin;

    /// <summary>Calls within the process, as admin.</summary>
    public IApiTransport Transport => Host.Connect(UserIdentity.Of("admin", UserIdentity.MastersGroup));

    public static async Task<TestApi> StartAsync(Func<ApiServerOptions, ApiServerOptions>? configure = null)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var store = new MemoryStore();
        var options = new ApiServerOptions
        {
            Store = store,
            Listen = [new IPEndPoint(IPAddress.Loopback, 0)],
            ServerCertificate = TestCertificates.Server,
            ClientRoots = TestCertificates.Roots,
            ServiceAccountKey = key,
            Random = new Random(7),
            Loggers = NullLoggerFactory.Instance,
        };
        return new TestApi(await ApiServerHost.StartAsync(configure?.Invoke(options) ?? options, TestContext.Current.CancellationToken), store, key);
    }

    /// <summary>A client with a certificate, or without one.</summary>
    public HttpClient ClientWith(X509Certificate2? certificate, string? token = null)
    {
        var handler = new SocketsHttpHandler();
        handler.EnableMultipleHttp2Connections = true; // A flood does not fit on one.
        handler.SslOptions.ClientCertificates = certificate is null ? null : [certificate];
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        var client = new HttpClient(handler)
        {
            BaseAddress = Address,
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Timeout = TimeSpan.FromSeconds(60),
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public Task<Answer> GetAsync(string path, string accept = Json) => SendAsync(HttpMethod.Get, path, null, null, accept);

    public Task<Answer> PostAsync(string path, string body, string contentType = Json) => SendAsync(HttpMethod.Post, path, body, contentType);

    public Task<Answer> PutAsync(string path, string body) => SendAsync(HttpMethod.Put, path, body, Json);

    public Task<Answer> MergePatchAsync(string path, string body) => SendAsync(HttpMethod.Patch, path, body, "application/merge-patch+json");

    public Task<Answer> DeleteAsync(string path, string? body = null) => SendAsync(HttpMethod.Delete, path, body, body is null ? null : Json);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? contentType, string accept = Json) =>
        SendAsync(_admin, method, path, body, contentType, accept);

    public static async Task<Answer> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null, string? contentType = null, string accept = Json)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (contentType is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            }
        }

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), response.Headers, response.Content.Headers);
    }

    /// <summary>Opens a watch over HTTP.</summary>
    public async Task<TestWatch> WatchAsync(string path, string accept = Json)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        var response = await _admin.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        return await TestWatch.OpenAsync(response);
    }

    /// <summary>Creates a config map in <c>default</c>.</summary>
    public async Task<Answer> ConfigMapAsync(string name, string value = "1", string labels = "{}") =>
        (await PostAsync(
            "/api/v1/namespaces/default/configmaps",
            $$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}","labels":{{{labels}}}},"data":{"v":"{{{value}}}"}}""")).Expect(HttpStatusCode.Created);

    /// <summary>Creates a pod in <c>default</c>; with a node it counts as running there.</summary>
    public async Task<Answer> PodAsync(string name, string node = "", string containers = """[{"name":"c","image":"busybox"}]""", string finalizers = "[]")
    {
        var nodeName = node.Length == 0 ? "" : $"\"nodeName\":\"{node}\",";
        return (await PostAsync(
            "/api/v1/namespaces/default/pods",
            $$$"""{"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","finalizers":{{{finalizers}}}},"spec":{ {{{nodeName}}}"automountServiceAccountToken":false,"containers":{{{containers}}} }}"""))
            .Expect(HttpStatusCode.Created);
    }

    /// <summary>Creates the service account that pods use, which a controller does in a real cluster.</summary>
    public async Task ServiceAccountAsync(string name = "default") =>
        (await PostAsync("/api/v1/namespaces/default/serviceaccounts", $$$"""{"metadata":{"name":"{{{name}}}"}}""")).Expect(HttpStatusCode.Created);

    public async ValueTask DisposeAsync()
    {
        _admin.Dispose();
        await Host.DisposeAsync();
        await Store.DisposeAsync();
        _key.Dispose();
    }
}
