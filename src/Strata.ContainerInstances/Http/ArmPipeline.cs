using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Strata.Arm;

namespace Strata.ContainerInstances.Http;

/// <summary>What every request passes, in this order: tidy the path, name the request, know the caller, check the api-version,
/// run the handler, turn a failure into an error body.</summary>
internal sealed partial class ArmPipeline(ContainerInstancesOptions options, UidSource uids, ILogger<ArmPipeline> logger)
{
    /// <summary>Runs before routing. Clients send empty segments (<c>Microsoft.ContainerInstance//containerGroups</c>).</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value ?? "/";
        if (path.Contains("//", StringComparison.Ordinal))
        {
            context.Request.Path = "/" + string.Join('/', path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        }

        var requestId = uids.Next();
        context.Response.Headers["x-ms-request-id"] = requestId;
        context.Response.Headers["x-ms-correlation-request-id"] = requestId;
        context.Response.Headers["x-ms-routing-request-id"] = $"{options.Limits.Location.ToUpperInvariant()}:{requestId}";
        try
        {
            if (IsOpen(context.Request.Path))
            {
                await next(context);
            }
            else if (await RefuseAsync(context) is { } refusal)
            {
                await WriteAsync(context, refusal);
            }
            else
            {
                await next(context);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // The caller has left.
        }
#pragma warning disable CA1031 // The one place where a handler's failure becomes an answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogFailed(e, context.Request.Method, path);
            if (!context.Response.HasStarted)
            {
                await WriteAsync(context, FailureReply(e, requestId));
            }
        }
    }

    public static async Task WriteAsync(HttpContext context, ArmReply reply)
    {
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
        {
            context.Response.Headers[name] = value;
        }

        if (reply.Body is not null)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            context.Response.ContentLength = reply.Body.Length;
            if (!HttpMethods.IsHead(context.Request.Method))
            {
                await context.Response.Body.WriteAsync(reply.Body, context.RequestAborted);
            }
        }
    }

    public static ArmReply UnknownPath(HttpContext context) => ArmReply.Error(
        404, ErrorCodes.InvalidResourceType, $"The resource type or operation could not be found for {context.Request.Method} '{context.Request.Path}' and api-version '{context.Request.Query["api-version"]}'.");

    /// <summary>Endpoints that come before a token is had, and web sockets, which have a password of their own.</summary>
    private static bool IsOpen(PathString path) =>
        path.StartsWithSegments("/metadata", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/adfs", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/execstream", StringComparison.OrdinalIgnoreCase)
        || path.StartsWithSegments("/healthz", StringComparison.OrdinalIgnoreCase);

    private static ArmReply FailureReply(Exception e, string requestId) => e switch
    {
        Api.Errors.ApiException api => ArmReply.Error(
            503, ErrorCodes.ServiceUnavailable, $"The hosts of the container groups cannot be reached now: {api.Message}") with { Headers = new Dictionary<string, string> { ["Retry-After"] = "5" } },
        Microsoft.Data.Sqlite.SqliteException sqlite => ArmReply.Error(
            503, ErrorCodes.ServiceUnavailable, $"The request could not be stored: {sqlite.Message}"),
        BadHttpRequestException bad => ArmReply.Error(bad.StatusCode, ErrorCodes.InvalidRequestContent, bad.Message),
        _ => ArmReply.Error(500, ErrorCodes.InternalError, $"The request failed; the service's log has the details under request id {requestId}."),
    };

    private async Task<ArmReply?> RefuseAsync(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            return Unauthorized(ErrorCodes.AuthenticationFailed, "Authentication failed. The 'Authorization' header is missing or is not a bearer token.");
        }

        if (await options.Tokens.ValidateAsync(header["Bearer ".Length..].Trim(), context.RequestAborted) is null)
        {
            return Unauthorized(ErrorCodes.ExpiredAuthenticationToken, "The access token is not valid or has expired. Log in again.");
        }

        var version = context.Request.Query["api-version"].ToString();
        if (version.Length == 0)
        {
            return ArmReply.Error(400, ErrorCodes.MissingApiVersionParameter, "The api-version query parameter (?api-version=) is required for all requests.");
        }

        // Other providers' versions (Microsoft.Resources and the like) are many, and one model answers them all.
        var isOurs = context.Request.Path.Value!.Contains("/" + ArmProvider.Namespace + "/", StringComparison.OrdinalIgnoreCase);
        return (isOurs && !ArmProvider.ApiVersions.Contains(version, StringComparer.OrdinalIgnoreCase) && !IsNewer(version)) || !DateRule(version)
            ? ArmReply.Error(400, ErrorCodes.InvalidApiVersionParameter, $"The api-version '{version}' is invalid. The supported versions are '{string.Join(",", ArmProvider.ApiVersions)}'.")
            : null;
    }

    /// <summary>The model has only ever grown, so a client of a later version finds all it needs but the news.</summary>
    private static bool IsNewer(string version) => string.CompareOrdinal(version, ArmProvider.ApiVersion) > 0;

    private static bool DateRule(string version) =>
        version.Length >= 10 && DateOnly.TryParseExact(version[..10], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
        && (version.Length == 10 || version[10] == '-');

    private static ArmReply Unauthorized(string code, string message) =>
        ArmReply.Error(401, code, message) with { Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer" } };

    [LoggerMessage(EventIds.RequestFailed, LogLevel.Error, "{Method} {Path} failed")]
    private partial void LogFailed(Exception exception, string method, string path);
}
