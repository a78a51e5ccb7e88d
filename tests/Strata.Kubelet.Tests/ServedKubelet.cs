using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Client;
using Strata.Hosting.Certificates;

namespace Strata.Kubelet.Tests;

/// <summary>The server on loopback over a <see cref="FakeHost"/>, and a client that may call it.</summary>
internal sealed class ServedKubelet : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("strata-node-ca-").FullName;
    private readonly CertificateAuthority _authority;
    private readonly X509Certificate2 _serving;
    private readonly X509Certificate2 _admin;
    private readonly HttpMessageInvoker _http;

    private ServedKubelet()
    {
        _authority = CertificateAuthority.Open(_folder, "test-ca", TimeProvider.System);
        _serving = _authority.Issue(CertificateRequestInfo.Server("system:node:n1", ["localhost"], [IPAddress.Loopback])).ToCertificate();
        _admin = Issue("system:apiserver", "system:masters");
        _http = Client(_admin);
    }

    public FakeHost Host { get; } = new();

    public FakeReviews Reviews { get; } = new();

    public KubeletServer Server { get; private set; } = null!;

    public int Port => Server.Port;

    public static async Task<ServedKubelet> StartAsync()
    {
        var served = new ServedKubelet();
        var options = new KubeletServerOptions
        {
            NodeName = "n1", Listen = new IPEndPoint(IPAddress.Loopback, 0), Certificate = served._serving, ClientAuthorities = served._authority.Roots(),
            Client = new KubeClient(served.Reviews),
        };
        served.Server = await KubeletServer.StartAsync(options, served.Host, TimeProvider.System, NullLoggerFactory.Instance, TestContext.Current.CancellationToken);
        return served;
    }

    public X509Certificate2 Issue(string user, params string[] groups) => _authority.Issue(CertificateRequestInfo.Client(user, groups)).ToCertificate();

    /// <summary>A client that trusts the node's certificate and shows its own, if any.</summary>
    public static HttpMessageInvoker Client(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, _, _, _) => true, ClientCertificates = certificate is null ? [] : [certificate],
        },
    });

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, HttpMessageInvoker? client = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{Port}{path}");
        using var response = await (client ?? _http).SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>The body of an answer that may still be arriving.</summary>
    public async Task<Stream> OpenAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{Port}{path}");
        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
    }

    public async Task<ClientWebSocket> ConnectAsync(string path, string? protocol)
    {
        var socket = new ClientWebSocket();
        if (protocol is not null)
        {
            socket.Options.AddSubProtocol(protocol);
        }

        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{Port}{path}"), _http, TestContext.Current.CancellationToken);
        return socket;
    }

    /// <summary>Upgrades a connection by hand, with these headers.</summary>
    public async Task<(HttpResponseMessage Response, Stream? Stream)> UpgradeAsync(HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, $"https://127.0.0.1:{Port}{path}") { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (response, response.StatusCode == HttpStatusCode.SwitchingProtocols ? await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken) : null);
    }

    /// <summary>All messages until the server closes: channel and text.</summary>
    public static async Task<List<(int Channel, string Text)>> ReadAllAsync(WebSocket socket)
    {
        var messages = new List<(int, string)>();
        while (await ReadAsync(socket) is { } message)
        {
            messages.Add(message);
        }

        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
        return messages;
    }

    public static async Task<(int Channel, string Text)?> ReadAsync(WebSocket socket)
    {
        var buffer = new byte[64 * 1024];
        var received = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
        Assert.True(received.EndOfMessage);
        return received.MessageType == WebSocketMessageType.Close ? null : (buffer[0], Encoding.UTF8.GetString(buffer, 1, received.Count - 1));
    }

    public static Task SendAsync(WebSocket socket, byte channel, string text) =>
        socket.SendAsync(new[] { channel }.Concat(Encoding.UTF8.GetBytes(text)).ToArray(), WebSocketMessageType.Binary, true, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _http.Dispose();
        _admin.Dispose();
        _serving.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
