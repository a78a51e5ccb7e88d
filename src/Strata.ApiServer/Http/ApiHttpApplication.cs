using System.Diagnostics;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Fairness;
using Strata.ApiServer.Requests;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Streaming;
using Strata.ApiServer.Tracing;
using Strata.Store;

namespace Strata.ApiServer.Http;

/// <summary>The HTTP front: from a request on a connection to a call of the dispatcher, and from its result, or its failure, to a response. Every failure leaves as a
/// Status; what went wrong inside the server is logged and not told.</summary>
internal sealed partial class ApiHttpApplication(
    ApiDispatcher dispatcher, AuthenticatorChain authenticators, Impersonation impersonation, FlowGate flows, StreamConnector connector, ReverseProxy proxy, RequestMetrics metrics, IdentitySource identities, TimeProvider clock,
    ILogger<ApiHttpApplication> logger, ServerLifetime lifetime) : IHttpApplication<HttpContext>
{
    private readonly ResponseRenderer _renderer = new(clock);
    private readonly WatchRenderer _watchRenderer = new(metrics, clock);

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public void DisposeContext(HttpContext context, Exception? exception)
    {
        // Nothing is kept with the context.
    }

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var started = clock.GetTimestamp();
        RequestInfo? info = null;
        Activity? span = null;
        var (isServed, isDryRun, isTerminated) = (false, false, false);
        var isIn = lifetime.TryEnter();
        try
        {
            context.Response.Headers["Audit-ID"] = context.Request.Headers["Audit-ID"] is [{ Length: > 0 and <= 64 } id] ? id : identities.NewUid();
            var query = QueryParameters.Parse(context.Request.QueryString.Value);
            info = RequestInfo.Parse(context.Request.Method, context.Request.Path.Value ?? "/", query);
            span = ApiTraces.Request(info, context.Request);
            (isServed, isDryRun) = (dispatcher.Serves(info), query["dryRun"] == "All");
            metrics.Begin(info, isServed);
            if (!isIn && !info.IsProbe)
            {
                throw ShuttingDown(context);
            }

            await AnswerInTimeAsync(context, info, query);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has left; there is nobody to answer.
        }
        catch (OperationCanceledException) when (lifetime.Draining.IsCancellationRequested)
        {
            // The server stops: a stream ends here as it would after its time, anything else is for another server to answer.
            await WriteFailureAsync(context, info, ShuttingDown(context).Status);
        }
        catch (Exception failure)
        {
            var status = StatusOf(failure, info);
            isTerminated = failure is FlowRefusedException || ReferenceEquals(status, RequestDeadline.Exceeded);
            await WriteFailureAsync(context, info, status);
        }
        finally
        {
            ApiTraces.End(span, context.Response.StatusCode);
            span?.Dispose();
            metrics.Count(info, isServed, isDryRun, isTerminated, context.Response.StatusCode, clock.GetElapsedTime(started));
            if (isIn)
            {
                lifetime.Leave();
            }
        }
    }

    private async Task AnswerInTimeAsync(HttpContext context, RequestInfo info, QueryParameters query)
    {
        if (RequestDeadline.For(info, query) is not { } limit)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.Draining);
            await AnswerAsync(context, info, query, either.Token);
            return;
        }

        // A token of its own, so that "the client left" and "it took too long" stay apart.
        using var deadline = new CancellationTokenSource(limit, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.Stopped, deadline.Token);
        try
        {
            await AnswerAsync(context, info, query, any.Token);
        }
        catch (OperationCanceledException late) when (deadline.IsCancellationRequested && !context.RequestAborted.IsCancellationRequested)
        {
            throw new ApiException(RequestDeadline.Exceeded, late);
        }
    }

    /// <param name="cancellationToken">The client has left, the server stops, or the request's time is over.</param>
    private async Task AnswerAsync(HttpContext context, RequestInfo info, QueryParameters query, CancellationToken cancellationToken)
    {
        var user = await authenticators.AuthenticateAsync(CredentialsOf(context), cancellationToken);
        user = impersonation.Apply(user, context.Request.Headers);
        if (HttpMethods.IsHead(context.Request.Method) && info.Verb == "watch")
        {
            throw ApiErrors.MethodNotAllowed("watch"); // It would have no body to end, and hold up the connection.
        }

        // The seat comes before the body, so that what waits for one costs no memory.
        using var ticket = await flows.EnterAsync(user, info, query, context.Response, cancellationToken);
        var call = new ApiCall
        {
            User = user,
            Info = info,
            Query = query,
            Body = info.Subresource == ProxyEndpoint.Subresource ? default : await RequestBodies.ReadAsync(context.Request, cancellationToken), // A proxy passes it on as it comes.
            ContentType = MediaTypes.Base(context.Request.ContentType),
            Accept = context.Request.Headers.Accept.ToString(),
            UserAgent = context.Request.Headers.UserAgent.ToString(),
            IfNoneMatch = context.Request.Headers.IfNoneMatch.ToString(),
        };
        var result = await dispatcher.ExecuteAsync(call, cancellationToken);
        if (info.IsLongRunning)
        {
            ticket.Dispose(); // A stream needs the server most while it begins.
        }

        switch (result)
        {
            case WatchResult watch:
                await _watchRenderer.WriteAsync(context, call, watch, cancellationToken);
                break;
            case StreamResult stream:
                await using (stream.Response)
                {
                    await StreamConnector.CopyAsync(context, stream.Response, cancellationToken);
                }

                break;
            case ConnectResult connect:
                await connector.UpgradeAsync(context, connect.Target, cancellationToken);
                break;
            case ProxyResult forwarded:
                await proxy.ForwardAsync(context, forwarded, cancellationToken);
                break;
            default:
                await _renderer.WriteAsync(context, call, result, cancellationToken);
                break;
        }
    }

    private static ApiException ShuttingDown(HttpContext context)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol) && !context.Response.HasStarted)
        {
            context.Response.Headers.Connection = "close"; // HTTP/2 says so with GOAWAY.
        }

        return ApiErrors.Unavailable("the server is shutting down");
    }

    private static Credentials CredentialsOf(HttpContext context)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        var token = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..].Trim() : null;
        return new Credentials(context.Connection.ClientCertificate, token is { Length: > 0 } ? token : null);
    }

    private ApiStatus StatusOf(Exception failure, RequestInfo? info)
    {
        switch (failure)
        {
            case ApiException refused:
                return refused.Status;
            case FlowRefusedException busy:
                return busy.Status;
            case BadHttpRequestException { StatusCode: 413 }:
                return RequestBodies.TooLarge().Status;
            case BadHttpRequestException bad:
                return ApiErrors.BadRequest(bad.Message).Status with { Code = bad.StatusCode };
            case ObjectDisposedException when lifetime.Draining.IsCancellationRequested:
                return ApiErrors.Unavailable("the server is shutting down").Status;
            case StoreException store:
                LogStoreFailed(logger, failure, info?.Verb ?? "", info?.Path ?? "");
                return StoreFailures.ToApi(store).Status;
            default:
                LogFailed(logger, failure, info?.Verb ?? "", info?.Path ?? "");
                return ApiErrors.Internal("the server failed to handle the request; its log tells why").Status;
        }
    }

    private static async Task WriteFailureAsync(HttpContext context, RequestInfo? info, ApiStatus status)
    {
        if (context.Response.HasStarted)
        {
            // Part of the answer is out. A stream simply ends; its client goes on from what it has. Anything else must not look complete.
            if (context.Response.StatusCode != StatusCodes.Status200OK || info?.IsLongRunning != true)
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
