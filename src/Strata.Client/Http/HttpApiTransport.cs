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
    private const int WatchBuffer = 32 * 1024; // Objects of a few KiB are the rule; a larger one is read in several steps.

    private readonly HttpClient _http;
    private readonly Uri _server;
    private readonly string _prefix; // A server behind a proxy may live under a path.
    private readonly Func<CancellationToken, ValueTask<string?>>? _bearerToken;

    /// <param name="server">Base address, for example <c>https://127.0.0.1:6443</c>; may have a path.</param>
    /// <param name="handler">TLS set-up: see <see cref="KubeConfig.CreateHandler"/>. Disposed with the transport.</param>
    /// <param name="userAgent">Product token for the header User-Agent.</param>
    /// <param name="bearerToken">Returns the token for each request, or null; for tokens that are renewed.</param>
    public HttpApiTransport(Uri server, HttpMessageHandler handler, string userAgent, Func<CancellationToken, ValueTask<string?>>? bearerToken = null)
    {
        _server = server;
        _prefix = server.AbsolutePath.TrimEnd('/');
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
        var lines = PipeReader.Create(await response.Content.ReadAsStreamAsync(cancellationToken), new StreamPipeReaderOptions(bufferSize: WatchBuffer));
        try
        {
            while (true)
            {
                var read = await ReadAsync(lines, cancellationToken);
                var buffer = read.Buffer;
                while (TryReadLine(ref buffer, out var line))
                {
                    yield return WatchFrameReader.Read(line);
                }

                if (read.IsCompleted)
                {
                    if (!buffer.IsEmpty)
                    {
                        yield return WatchFrameReader.Read(buffer.ToArray()); // Whole without its line end, or cut off and then an error.
                    }

                    yield break;
                }

                lines.AdvanceTo(buffer.Start, buffer.End);
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

    private static ApiException ToError(HttpResponseMessage response, byte[] body) => new(ApiStatus.TryParse(body) ?? new ApiStatus
    {
        Code = (int)response.StatusCode,
        Reason = ReasonOf((int)response.StatusCode),
        Message = $"{(int)response.StatusCode} {response.ReasonPhrase}: {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 512)))}",
        RetryAfterSeconds = (int)(response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0),
    });

    // What an answer without a Status means: a proxy on the way, or a server still starting (apimachinery: errors.NewGenericServerResponse).
    private static string ReasonOf(int code) => code switch
    {
        400 => StatusReason.BadRequest,
        401 => StatusReason.Unauthorized,
        403 => StatusReason.Forbidden,
        404 => StatusReason.NotFound,
        405 => StatusReason.MethodNotAllowed,
        406 => StatusReason.NotAcceptable,
        409 => StatusReason.Conflict,
        410 => StatusReason.Gone,
        413 => StatusReason.RequestEntityTooLarge,
        415 => StatusReason.UnsupportedMediaType,
        422 => StatusReason.Invalid,
        429 => StatusReason.TooManyRequests,
        503 => StatusReason.ServiceUnavailable,
        504 => StatusReason.Timeout,
        _ => StatusReason.InternalError,
    };

    private async ValueTask<ReadResult> ReadAsync(PipeReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadAsync(cancellationToken);
        }
        catch (Exception error) when (IsBroken(error, cancellationToken))
        {
            throw ApiErrors.Unavailable($"the watch at {_server} broke off: {error.Message}", error);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(ApiRequest request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, new Uri(_server, request.Query.Length == 0 ? _prefix + request.Path : $"{_prefix}{request.Path}?{request.Query}"))
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

        HttpResponseMessage? response = null;
        try
        {
            response = await _http.SendAsync(message, completion, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return response;
            }

            using (response)
            {
                throw ToError(response, await response.Content.ReadAsByteArrayAsync(cancellationToken));
            }
        }
        catch (Exception error) when (IsBroken(error, cancellationToken))
        {
            response?.Dispose();
            throw ApiErrors.Unavailable($"cannot reach the API server at {_server}: {error.Message}", error);
        }
    }

    // A connection time-out is a cancellation that the caller did not ask for.
    private static bool IsBroken(Exception error, CancellationToken cancellationToken) =>
        error is HttpRequestException or IOException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
