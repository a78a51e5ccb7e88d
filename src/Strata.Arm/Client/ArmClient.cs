using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Strata.Arm.Client;

/// <summary>Sends ARM requests: adds api-version and bearer token, repeats throttled requests, and turns error bodies into
/// <see cref="ArmException"/>. Thread-safe; one instance serves many callers.</summary>
public sealed class ArmClient : IDisposable
{
    private static readonly TimeSpan LongestRetryPause = TimeSpan.FromSeconds(30);
    private readonly ArmClientOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _http;

    public ArmClient(ArmClientOptions options, TimeProvider clock)
        : this(options, clock, null)
    {
    }

    /// <param name="handler">Answers instead of the network; null for the network.</param>
    internal ArmClient(ArmClientOptions options, TimeProvider clock, HttpMessageHandler? handler)
    {
        if (options.Endpoint.Scheme != Uri.UriSchemeHttps)
        {
            throw new ArgumentException($"'{options.Endpoint}' is not an https URL: a bearer token is never sent in the clear.", nameof(options));
        }

        _options = options;
        _clock = clock;
        _http = new HttpMessageInvoker(handler ?? CreateHandler(options));
    }

    internal TimeProvider Clock => _clock;

    internal ArmClientOptions Options => _options;

    /// <summary>The connection pool, with its trust settings, for web sockets.</summary>
    public HttpMessageInvoker Http => _http;

    /// <param name="path">Path and query below the endpoint, or an absolute URL of the same host as answered by the server. The
    /// api-version is added when the query has none.</param>
    /// <exception cref="ArmException">The server refused.</exception>
    /// <exception cref="HttpRequestException">The server could not be reached.</exception>
    public async Task<ArmResponse> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellationToken)
    {
        var url = Resolve(path);
        for (var attempt = 0; ; attempt++)
        {
            var (response, pause) = await SendOnceAsync(method, url, body, mayRetry: attempt < _options.MaxRetries, cancellationToken);
            if (response is not null)
            {
                return response;
            }

            await Task.Delay(pause, _clock, cancellationToken);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<(ArmResponse? Response, TimeSpan Pause)> SendOnceAsync(
        HttpMethod method, Uri url, byte[]? body, bool mayRetry, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.RequestTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var request = new HttpRequestMessage(method, url);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await _options.GetTokenAsync(both.Token));
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            if (body is not null)
            {
                request.Content = new ByteArrayContent(body);
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            }

            using var response = await _http.SendAsync(request, both.Token);
            var content = await response.Content.ReadAsByteArrayAsync(both.Token);
            if (response.IsSuccessStatusCode)
            {
                return (new ArmResponse(response.StatusCode, response.Headers, content), default);
            }

            var retryAfter = ArmRetryAfter.Read(response.Headers);
            if (mayRetry && response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
                && (retryAfter ?? TimeSpan.FromSeconds(1)) <= LongestRetryPause)
            {
                return (null, retryAfter ?? TimeSpan.FromSeconds(1));
            }

            throw new ArmException(response.StatusCode, ReadError(response, content), retryAfter);
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"{method} {url.AbsolutePath} was not answered within {_options.RequestTimeout}.", e);
        }
    }

    /// <summary>Adds what a path lacks, and keeps the token at home: a server that names another host gets no request at all.</summary>
    private Uri Resolve(string path)
    {
        var url = new Uri(_options.Endpoint, path);
        if (Uri.Compare(url, _options.Endpoint, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) != 0)
        {
            throw new ArmException(HttpStatusCode.OK, new ArmError(
                "ForeignUrl", $"The server at {_options.Endpoint.Authority} sent the client on to '{url.Authority}'; the token is not sent there."));
        }

        return url.Query.Contains("api-version=", StringComparison.OrdinalIgnoreCase)
            ? url
            : new Uri($"{url.GetLeftPart(UriPartial.Path)}{url.Query}{(url.Query.Length > 0 ? '&' : '?')}api-version={_options.ApiVersion}");
    }

    private static ArmError ReadError(HttpResponseMessage response, byte[] content)
    {
        var fallback = new ArmError(
            response.StatusCode.ToString(), $"{response.RequestMessage?.Method} answered {(int)response.StatusCode} {response.ReasonPhrase}.");
        try
        {
            return JsonSerializer.Deserialize(content, ArmJson.Default.ArmErrorResponse)?.Error ?? fallback;
        }
        catch (JsonException)
        {
            return fallback; // A proxy's HTML page, or nothing: the status line is all there is to tell.
        }
    }

    private static SocketsHttpHandler CreateHandler(ArmClientOptions options)
    {
        // Connections are renewed so that a changed address is noticed.
        var handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(10), AllowAutoRedirect = false };
        if (options.TrustedRoots is { } roots)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        return handler;
    }
}
