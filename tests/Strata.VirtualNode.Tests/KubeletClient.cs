using System.Net.Security;
using System.Net.WebSockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Strata.VirtualNode.Tests;

/// <summary>Calls the kubelet API as the API server does.</summary>
internal static class KubeletClient
{
    public static HttpClient Http(NodeHarness node) => Http(Certificate(node));

    public static HttpClient Http(X509Certificate2? certificate) => new(new SocketsHttpHandler
    {
        SslOptions = new SslClientAuthenticationOptions
        {
            ClientCertificates = certificate is null ? null : [certificate],
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
        },
    });

    public static async Task<ClientWebSocket> ConnectAsync(NodeHarness node, string path, string protocol)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(protocol);
        socket.Options.ClientCertificates.Add(Certificate(node));
        socket.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await socket.ConnectAsync(new Uri($"wss://127.0.0.1:{node.Kubelet.Port}{path}"), CancellationToken.None);
        return socket;
    }

    /// <summary>Asks for SPDY, as older clients do.</summary>
    public static Task<HttpResponseMessage> UpgradeAsync(HttpClient http, NodeHarness node, string path, string protocol)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Kubelet, path)) { Version = new Version(1, 1) };
        request.Headers.Connection.Add("Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "SPDY/3.1");
        request.Headers.TryAddWithoutValidation("X-Stream-Protocol-Version", protocol);
        return http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    public static Task SendAsync(ClientWebSocket socket, byte channel, string text) =>
        socket.SendAsync((byte[])[channel, .. Encoding.UTF8.GetBytes(text)], WebSocketMessageType.Binary, true, CancellationToken.None);

    /// <summary>The next message; channel −1 is the end.</summary>
    public static async Task<(int Channel, string Text)> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[4096];
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var received = await socket.ReceiveAsync(buffer, deadline.Token);
        return received.MessageType == WebSocketMessageType.Close ? (-1, "") : (buffer[0], Encoding.UTF8.GetString(buffer, 1, received.Count - 1));
    }

    private static X509Certificate2 Certificate(NodeHarness node) => node.Issue("kube-apiserver-kubelet-client", []);
}
