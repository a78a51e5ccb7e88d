using System.Net;
using System.Net.WebSockets;
using System.Text;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Arm.Client;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Sessions;

/// <summary>Exec and attach through the core's own API, over WebSocket (KEP-4006), as kubectl 1.31 and later do it.</summary>
public sealed class KubeContainerStreams : IContainerStreams, IDisposable
{
    private readonly Uri _server;
    private readonly HttpMessageInvoker _http;
    private readonly Func<CancellationToken, ValueTask<string?>>? _bearerToken;

    /// <param name="server">Base address of the core.</param>
    /// <param name="handler">TLS set-up, client certificate included. Disposed with this object.</param>
    /// <param name="bearerToken">Returns the token for each connection; null when the certificate is enough.</param>
    public KubeContainerStreams(Uri server, HttpMessageHandler handler, Func<CancellationToken, ValueTask<string?>>? bearerToken = null)
    {
        _server = server;
        _http = new HttpMessageInvoker(handler);
        _bearerToken = bearerToken;
    }

    public Task<IContainerStream> ExecAsync(
        string namespaceName, string pod, string container, IReadOnlyList<string> command, bool tty, TerminalSize? size, CancellationToken cancellationToken)
    {
        var query = new StringBuilder("stdin=true&stdout=true").Append(tty ? "&tty=true" : "&stderr=true");
        foreach (var argument in command)
        {
            query.Append("&command=").Append(Uri.EscapeDataString(argument));
        }

        return ConnectAsync(namespaceName, pod, container, "exec", query.ToString(), tty ? size : null, cancellationToken);
    }

    public Task<IContainerStream> AttachAsync(string namespaceName, string pod, string container, bool withInput, CancellationToken cancellationToken) =>
        ConnectAsync(namespaceName, pod, container, "attach", withInput ? "stdin=true&stdout=true&stderr=true" : "stdout=true&stderr=true", null, cancellationToken);

    public void Dispose() => _http.Dispose();

    private async Task<IContainerStream> ConnectAsync(
        string namespaceName, string pod, string container, string verb, string query, TerminalSize? size, CancellationToken cancellationToken)
    {
        var url = new UriBuilder(_server)
        {
            Scheme = _server.Scheme == Uri.UriSchemeHttps ? "wss" : "ws",
            Path = Pod.Info.Path(namespaceName, pod, verb),
            Query = $"container={Uri.EscapeDataString(container)}&{query}",
        }.Uri;
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(ContainerSession.ChannelProtocol);
            socket.Options.AddSubProtocol(ContainerSession.OldChannelProtocol);
            socket.Options.CollectHttpResponseDetails = true;
            if (_bearerToken is not null && await _bearerToken(cancellationToken) is { } token)
            {
                socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            }

            await socket.ConnectAsync(url, _http, cancellationToken);
            var session = new ContainerSession(socket);
            if (size is not null)
            {
                await session.ResizeAsync(size, cancellationToken);
            }

            return new KubeContainerStream(session);
        }
        catch (WebSocketException e)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            throw status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest or HttpStatusCode.Conflict
                ? new ApiException(new ApiStatus { Code = (int)status, Reason = StatusReason.BadRequest, Message = $"The container '{container}' cannot be entered; it may not be running." }, e)
                : ApiErrors.Unavailable($"The connection into container '{container}' failed: {e.Message}", e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
