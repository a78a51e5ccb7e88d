using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text;
using Strata.Api.Errors;

namespace Strata.Client.Http;

/// <summary>Reaches an API server over HTTPS. Watches run on the same connections as other calls (HTTP/2 streams) where the server offers it.</summary>
public sealed class HttpApiTransport : IApiTransport, IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly Func<CancellationToken, ValueTask<string?>>? _bearerToken;

    /// <param name="server">Base address, for example <c>https://127.0.0.1:6443</c>.</param>
    /// <param name="handler">TLS set-up: see <see cref="KubeConfig.CreateHandler"/>. Disposed with the transport.</param>
    /// <param name="userAgent">Product token for the header User-Agent.</param>
    /// <param name="bearerToken">Returns the token for each request, or null; for tokens that are renewed.</param>
    public HttpApiTransport(Uri server, HttpMessageHandler handler, string userAgent, Func<CancellationToken, ValueTask<string?>>? bearerToken = null)
    {
        _server = server;
        _bearerToken = bearerToken;
        _http = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = new Version(2, 0) };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd(userAgent);
    }

    public void Dispose() => _http.Dispose();

    public async Task<ApiObject> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return new ApiObject(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public async Task<ApiObjectList> ListAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        return ListReader.Read(await response.Content.ReadAsByteArrayAsync(cancellationToken));
    }

    public async IAsyncEnumerable<ApiWatchFrame> WatchAsync(ApiRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken));
        try
        {
            while (true)
            {
                var read = await lines.ReadAsync(cancellationToken);
                var buffer = read.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    yield return WatchFrameReader.Read(line);
                }

                lines.AdvanceTo(buffer.Start, buffer.End);
                if (read.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await lines.CompleteAsync();
        }
    }

    public async Task<Stream> OpenStreamAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var response = await ExchangeAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return await response.Content.ReadAsStreamAsync(cancellationToken);
    }

    private static bool TryReadLine(ref ReadOnlySequence<byte> buffer, out byte[] line)
    {
        if (buffer.PositionOf((byte)'\n') is not { } end)
        {
            line = [];
            return false;
        }

        line = buffer.Slice(0, end).ToArray();
        buffer = buffer.Slice(buffer.GetPosition(1, end));
        return true;
    }

    private static async Task<ApiException> ToErrorAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return new ApiException(ApiStatus.TryParse(body) ?? new ApiStatus
        {
            Code = (int)response.StatusCode,
            Reason = StatusReason.InternalError,
            Message = $"{(int)response.StatusCode} {response.ReasonPhrase}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 512)))}",
        });
    }

    private async Task<HttpResponseMessage> ExchangeAsync(ApiRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(_server, request.Query.Length == 0 ? request.Path : $"{request.Path}?{request.Query}"))
        {
            Version = _http.DefaultRequestVersion,
        };
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_bearerToken is not null && await _bearerToken(cancellationToken) is { } token)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (!request.Body.IsEmpty)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(request.ContentType ?? "application/json");
        }

        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(message, completion, cancellationToken);
        }
        catch (HttpRequestException error)
        {
            throw ApiErrors.Unavailable($"cannot reach the API server at {_server}: {error.Message}", error);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ToErrorAsync(response, cancellationToken);
        }
    }
}
