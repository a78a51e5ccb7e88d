using System.Diagnostics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Tracing;

/// <summary>The spans of the API server. Names and attributes follow OpenTelemetry's semantic conventions for HTTP servers and databases.</summary>
/// <remarks>Nothing is made, and no text built, while nobody listens.</remarks>
internal static class ApiTraces
{
    private static readonly ActivitySource Source = new("Strata.ApiServer");

    /// <summary>A request over HTTP, as part of the trace that its client names (W3C Trace Context). Null for streams, which have no end that would tell anything.</summary>
    public static Activity? Request(RequestInfo info, HttpRequest request)
    {
        if (!Source.HasListeners() || info.IsLongRunning || info.IsProbe)
        {
            return null;
        }

        ActivityContext.TryParse(request.Headers["traceparent"], request.Headers["tracestate"], isRemote: true, out var parent);
        return Start(info, request.Method, ActivityKind.Server, parent);
    }

    /// <summary>A call from within the process.</summary>
    public static Activity? Call(RequestInfo info, string method) =>
        Source.HasListeners() && !info.IsLongRunning ? Start(info, method, ActivityKind.Internal, Activity.Current?.Context ?? default) : null;

    public static void End(Activity? span, int statusCode)
    {
        span?.SetTag("http.response.status_code", statusCode);
        if (statusCode >= StatusCodes.Status500InternalServerError)
        {
            span?.SetStatus(ActivityStatusCode.Error);
        }
    }

    /// <summary>One call of the store.</summary>
    public static Activity? Store(string operation, ReadOnlyMemory<byte> key)
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var span = Source.StartActivity($"store {operation}", ActivityKind.Client);
        span?.SetTag("db.operation.name", operation);
        span?.SetTag("db.query.summary", Encoding.UTF8.GetString(key.Span));
        return span;
    }

    /// <summary>A path in which each name is replaced by what it is a name of, so that all requests of a kind have one.</summary>
    internal static string RouteOf(RequestInfo info)
    {
        if (!info.IsResource)
        {
            return info.Path;
        }

        var text = new StringBuilder(info.Group.Length == 0 ? "/api/" : "/apis/");
        if (info.Group.Length > 0)
        {
            text.Append(info.Group).Append('/');
        }

        text.Append(info.Version);
        if (info.Namespace.Length > 0 && info.Resource != "namespaces")
        {
            text.Append("/namespaces/{namespace}");
        }

        text.Append('/').Append(info.Resource);
        if (info.Name.Length > 0)
        {
            text.Append("/{name}");
        }

        return info.Subresource.Length > 0 ? text.Append('/').Append(info.Subresource).ToString() : text.ToString();
    }

    private static Activity? Start(RequestInfo info, string method, ActivityKind kind, ActivityContext parent)
    {
        var route = RouteOf(info);
        var span = Source.StartActivity($"{method} {route}", kind, parent);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("http.request.method", method);
            span.SetTag("http.route", route);
            span.SetTag("k8s.verb", info.Verb);
            if (info.Namespace.Length > 0)
            {
                span.SetTag("k8s.namespace.name", info.Namespace);
            }

            if (info.Name.Length > 0)
            {
                span.SetTag("k8s.object.name", info.Name);
            }
        }

        return span;
    }
}
