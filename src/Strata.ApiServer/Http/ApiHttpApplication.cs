using System.Buffers;
using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Streaming;
using Strata.Store;

namespace Strata.ApiServer.Http;

/// <summary>The HTTP front: from a request on a connection to a call of the dispatcher, and from its result, or its failure, to a response. Every failure leaves as a
/// Status; what went wrong inside the server is logged and not told.</summary>
internal sealed partial class ApiHttpApplication(
    ApiDispatcher dispatcher, AuthenticatorChain authenticators, Impersonation impersonation, StreamConnector connector, ReverseProxy proxy, RequestMetrics metrics, IdentitySource identities, TimeProvider clock,
    ILogger<ApiHttpApplication> logger, CancellationToken stopping) : IHttpApplication<HttpContext>
{
    /// <summary>Largest request body, as upstream's.</summary>
    public const int MaxBodyLength = 3 * 1024 * 1024;

    /// <summary>Up to here what is too large is read and dropped, so that its sender gets to read the refusal; beyond, the connection is cut.</summary>
    public const int MaxDroppedLength = 64 * 1024 * 1024;

    private readonly ResponseRenderer _renderer = new(clock);
    private readonly WatchRenderer _watchRenderer = new(clock);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is kept with the context.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        RequestInfo? info = null;
        try
        {
            context.Response.Headers["Audit-ID"] = context.Request.Headers["Audit-ID"] is [{ Length: > 0 and <= 64 } id] ? id : identities.NewUid();
            var query = QueryParameters.Parse(context.Request.QueryString.Value);
            info = RequestInfo.Parse(context.Request.Method, context.Request.Path.Value ?? "/", query);
            await AnswerAsync(context, info, query);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left; there is nobody to answer.
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The server stops: a stream ends here as it would after its time, anything else is for another server to answer.
            await WriteFailureAsync(context, ApiErrors.Unavailable("the server is shutting down").Status);
        }
        catch (Exception failure)
        {
            await WriteFailureAsync(context, StatusOf(failure, info));
        }
        finally
        {
            metrics.Count(info, context.Response.StatusCode, clock.GetElapsedTime(started));
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestInfo info, QueryParameters query)
    {
        var user = await authenticators.AuthenticateAsync(CredentialsOf(context), context.RequestAborted);
        user = impersonation.Apply(user, context.Request.Headers);
        if (HttpMethods.IsHead(context.Request.Method) && info.Verb == "watch")
        {
            throw ApiErrors.MethodNotAllowed("watch"); // It would have no body to end, and hold up the connection.
        }

        var call = new ApiCall
        {
            User = user,
            Info = info,
            Query = query,
            Body = info.Subresource == ProxyEndpoint.Subresource ? default : await ReadBodyAsync(context.Request, context.RequestAborted), // A proxy passes it on as it comes.
            ContentType = MediaTypes.Base(context.Request.ContentType),
            Accept = context.Request.Headers.Accept.ToString(),
            UserAgent = context.Request.Headers.UserAgent.ToString(),
            IfNoneMatch = context.Request.Headers.IfNoneMatch.ToString(),
        };
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        switch (await dispatcher.ExecuteAsync(call, either.Token))
        {
            case WatchResult watch:
                await _watchRenderer.WriteAsync(context, call, watch, either.Token);
                break;
            case StreamResult stream:
                await using (stream.Response)
                {
                    await StreamConnector.CopyAsync(context, stream.Response, either.Token);
                }

                break;
            case ConnectResult connect:
                await connector.UpgradeAsync(context, connect.Target, either.Token);
                break;
            case ProxyResult forwarded:
                await proxy.ForwardAsync(context, forwarded, either.Token);
                break;
            case var result:
                await _renderer.WriteAsync(context, call, result, context.RequestAborted);
                break;
        }
    }

    private static Credentials CredentialsOf(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..].Trim() : null;
        return new Credentials(context.Connection.ClientCertificate, token is { Length: > 0 } ? token : null);
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadBodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // GET requests have no body that anyone reads; upgrades must not be touched.
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || request.Headers.Connection.ToString().Contains("Upgrade", StringComparison.OrdinalIgnoreCase))
        {
            return default;
        }

        if (request.ContentLength is > MaxBodyLength)
        {
            throw TooLarge();
        }

        // Copied out as it comes: the connection holds back a sender whose bytes pile up unread.
        var body = new ArrayBufferWriter<byte>((int)(request.ContentLength ?? 0) + 1);
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            foreach (var segment in read.Buffer)
            {
                body.Write(segment.Span);
            }

            reader.AdvanceTo(read.Buffer.End);
            if (body.WrittenCount > MaxBodyLength)
            {
                throw TooLarge();
            }

            if (read.IsCompleted)
            {
                return body.WrittenMemory;
            }
        }
    }

    private static ApiException TooLarge() => new(new ApiStatus
    {
        Code = 413,
        Reason = StatusReason.RequestEntityTooLarge,
        Message = $"Request entity too large: limit is {MaxBodyLength}",
    });

    private ApiStatus StatusOf(Exception failure, RequestInfo? info)
    {
        switch (failure)
        {
            case ApiException refused:
                return refused.Status;
            case BadHttpRequestException { StatusCode: 413 }:
                return TooLarge().Status;
            case BadHttpRequestException bad:
                return ApiErrors.BadRequest(bad.Message).Status with { Code = bad.StatusCode };
            case ObjectDisposedException when stopping.IsCancellationRequested:
                return ApiErrors.Unavailable("the server is shutting down").Status;
            case StoreException store:
                LogStoreFailed(logger, failure, info?.Verb ?? "", info?.Path ?? "");
                return StoreFailures.ToApi(store).Status;
            default:
                LogFailed(logger, failure, info?.Verb ?? "", info?.Path ?? "");
                return ApiErrors.Internal("the server failed to handle the request; its log tells why").Status;
        }
    }

    private static async Task WriteFailureAsync(HttpContext context, ApiStatus status)
    {
        if (context.Response.HasStarted)
        {
            // Part of the answer is out. A stream simply ends; its client goes on from what it has.
            if (context.Response.StatusCode != StatusCodes.Status200OK)
            {
                context.Abort();
            }

            return;
        }

        if (status.RetryAfterSeconds > 0)
        {
            context.Response.Headers.RetryAfter = status.RetryAfterSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        if (status.Code == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"kubernetes\"";
        }

        try
        {
            await ResponseRenderer.WriteBytesAsync(context, status.Code, MediaTypes.Json, status.ToJson(), context.RequestAborted);
        }
        catch (Exception gone) when (gone is OperationCanceledException or ConnectionResetException or IOException)
        {
            Debug.Assert(context.RequestAborted.IsCancellationRequested, "only a client that has left can refuse an answer");
        }
    }
}
