using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Strata.Api.Models;

namespace Strata.Pods.Probes;

/// <summary>HTTP, TCP and gRPC probes over the pod network. Source: pkg/probe/{http,tcp,grpc} (behaviour and words). Thread-safe.</summary>
public sealed class NetworkProber : IDisposable
{
    private const int MaxBody = 10 * 1024;
    private const int MaxRedirects = 10;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpMessageInvoker _http;

    public NetworkProber()
    {
        _handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // Redirects to other hosts must not be followed.
            UseProxy = false,
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.Zero, // Each probe opens its own connection, as a new client would.
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = static (_, _, _, _) => true }, // Probes do not verify: KEP and API docs.
        };
        _http = new HttpMessageInvoker(_handler);
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>Sends the GET of a probe or hook; 200–399 is success.</summary>
    public async Task<ProbeOutcome> HttpAsync(ProbeTarget target, HTTPGetAction action, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (ContainerPorts.Find(target.Container, action.Port) is not { } port)
        {
            return ProbeOutcome.Failure($"invalid port number: {action.Port}");
        }

        var host = action.Host.Length > 0 ? action.Host : target.PodIP;
        var scheme = action.Scheme.Equals("HTTPS", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        var path = action.Path.StartsWith('/') ? action.Path : "/" + action.Path;
        if (!Uri.TryCreate($"{scheme}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}{path}", UriKind.Absolute, out var uri))
        {
            return ProbeOutcome.Failure($"invalid URL for the probe: {scheme}://{host}:{port}{path}");
        }

        return await WithinAsync(timeout, $"Get \"{uri}\"", token => GetAsync(uri, action.HttpHeaders, token), cancellationToken);
    }

    /// <summary>Opens and closes a connection.</summary>
    public async Task<ProbeOutcome> TcpAsync(ProbeTarget target, TCPSocketAction action, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (ContainerPorts.Find(target.Container, action.Port) is not { } port)
        {
            return ProbeOutcome.Failure($"invalid port number: {action.Port}");
        }

        var host = action.Host.Length > 0 ? action.Host : target.PodIP;
        return await WithinAsync(timeout, $"dial tcp {host}:{port}", async token =>
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(host, port, token);
            return ProbeOutcome.Success;
        }, cancellationToken);
    }

    /// <summary>Asks grpc.health.v1.Health/Check; SERVING is success.</summary>
    public async Task<ProbeOutcome> GrpcAsync(ProbeTarget target, GRPCAction action, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var uri = new Uri($"http://{(target.PodIP.Contains(':', StringComparison.Ordinal) ? $"[{target.PodIP}]" : target.PodIP)}:{action.Port}/grpc.health.v1.Health/Check");
        return await WithinAsync(timeout, $"health check of {target.PodIP}:{action.Port}", token => GrpcHealth.CheckAsync(_http, uri, action.Service ?? "", token), cancellationToken);
    }

    private async Task<ProbeOutcome> GetAsync(Uri uri, IReadOnlyList<HTTPHeader> headers, CancellationToken cancellationToken)
    {
        for (var redirects = 0; ; redirects++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, uri) { Version = HttpVersion.Version11 };
            Fill(request, headers);
            using var response = await _http.SendAsync(request, cancellationToken);
            var status = (int)response.StatusCode;
            if (status is >= 300 and < 400 && response.Headers.Location is { } location && redirects < MaxRedirects)
            {
                var next = new Uri(uri, location);
                if (next.Host != uri.Host)
                {
                    return new ProbeOutcome(true, "Probe terminated redirects");
                }

                uri = next;
                continue;
            }

            return status is >= 200 and < 400 ? ProbeOutcome.Success : ProbeOutcome.Failure(await DescribeAsync(response, cancellationToken));
        }
    }

    private static void Fill(HttpRequestMessage request, IReadOnlyList<HTTPHeader> headers)
    {
        request.Headers.ConnectionClose = true;
        foreach (var header in headers)
        {
            if (header.Name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = header.Value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", "kube-probe/1.34");
        }

        if (!request.Headers.Contains("Accept"))
        {
            request.Headers.TryAddWithoutValidation("Accept", "*/*");
        }
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxBody];
        var length = await body.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancellationToken);
        var text = Encoding.UTF8.GetString(buffer, 0, length);
        return $"HTTP probe failed with statuscode: {(int)response.StatusCode}{(text.Length > 0 ? $" ({(text.Length > 200 ? text[..200] : text).Trim()})" : "")}";
    }

    private static async Task<ProbeOutcome> WithinAsync(TimeSpan timeout, string what, Func<CancellationToken, Task<ProbeOutcome>> probe, CancellationToken cancellationToken)
    {
        // The time-out guards real network I/O, so it runs on the real clock.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await probe(deadline.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ProbeOutcome.Failure($"{what}: context deadline exceeded (no answer within {timeout.TotalSeconds:0} s)");
        }
        catch (Exception error) when (error is HttpRequestException or SocketException or IOException)
        {
            return ProbeOutcome.Failure($"{what}: {(error.InnerException ?? error).Message}");
        }
    }
}
