using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Strata.Api.Errors;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Streaming;

/// <summary>Passes a request on to a backend and its answer back. Source: apimachinery <c>util/proxy</c> (upgradeaware.go, transport.go).</summary>
/// <remarks>
/// 1. What is left of the path after <c>/proxy</c> is the path there. A GET without any is sent to the same place with a slash, or relative links would lead astray.
/// 2. Headers go along, but for those of this one connection and those that let the user in here.
/// 3. An upgrade that the backend agrees to carries bytes both ways from then on.
/// 4. Links in the answer that lead to the backend's root are made to lead through the proxy: <c>Location</c>, and HTML.
/// </remarks>
internal sealed class ReverseProxy(BackendClients clients)
{
    // RFC 9110, section 7.6.1, and what used to be sent in its stead.
    private static readonly HashSet<string> OfOneConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "TE", "Trailer", "Transfer-Encoding", "Upgrade",
    };

    // A browser page of the backend must not get the powers of pages of this server (upstream: corsRemovingTransport).
    private static readonly string[] CrossOrigin =
        ["Access-Control-Allow-Credentials", "Access-Control-Allow-Headers", "Access-Control-Allow-Methods", "Access-Control-Allow-Origin"];

    /// <exception cref="ApiException">The backend cannot be reached.</exception>
    public async Task ForwardAsync(HttpContext context, ProxyResult to, CancellationToken cancellationToken)
    {
        var path = ProxyPath.Split(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var isUpgrade = context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true };
        if (path.Rest.Length == 0 && !isUpgrade && (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)))
        {
            context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
            context.Response.Headers.Location = $"{path.Prefix}/{context.Request.QueryString}";
            return;
        }

        var address = new Uri($"{to.Scheme}://{to.Authority}{(path.Rest.Length == 0 ? "/" : path.Rest)}{context.Request.QueryString}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var target = new BackendTarget(new HttpMethod(context.Request.Method), address, to.Name, to.Trust);
        using var request = Request(context, target, path.Prefix, isUpgrade);
        using var response = await clients.SendAsync(target, request, cancellationToken);
        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
        {
            await JoinAsync(context, response, cancellationToken);
            return;
        }

        await AnswerAsync(context, response, new ProxyLinks(path.Prefix, address, context.Request.Scheme, context.Request.Host.Value ?? ""), cancellationToken);
    }

    private static HttpRequestMessage Request(HttpContext context, BackendTarget target, string prefix, bool isUpgrade)
    {
        var request = new HttpRequestMessage(target.Method, target.Address) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (!isUpgrade && context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody == true)
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            {
                limit.MaxRequestBodySize = null; // The backend's business.
            }

            request.Content = new StreamContent(context.Request.Body);
        }

        var perConnection = Named(context.Request.Headers.Connection);
        foreach (var (name, values) in context.Request.Headers)
        {
            if (!IsPrivate(name) && !perConnection.Contains(name) && !request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
            }
        }

        if (isUpgrade)
        {
            request.Headers.Connection.Add("Upgrade");
            request.Headers.TryAddWithoutValidation("Upgrade", (IEnumerable<string?>)context.Request.Headers.Upgrade);
        }

        request.Headers.Host = context.Request.Host.Value;
        Append(request, "X-Forwarded-For", context.Connection.RemoteIpAddress?.ToString());
        Replace(request, "X-Forwarded-Host", context.Request.Host.Value);
        Replace(request, "X-Forwarded-Proto", context.Request.Scheme);
        Replace(request, "X-Forwarded-Uri", prefix + target.Address.AbsolutePath);
        return request;
    }

    private static async Task JoinAsync(HttpContext context, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        CopyHeaders(context, response, null);
        if (response.Headers.TryGetValues("Upgrade", out var protocols))
        {
            context.Response.Headers.Upgrade = protocols.ToArray();
        }

        await using var backend = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var client = await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        await ByteTunnel.JoinAsync(client, backend, cancellationToken);
    }

    private static async Task AnswerAsync(HttpContext context, HttpResponseMessage response, ProxyLinks links, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        CopyHeaders(context, response, links);
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        if (!HtmlRewriter.CanRewrite(response.Content.Headers))
        {
            await ByteTunnel.AnswerAsync(context, body, cancellationToken);
            return;
        }

        context.Response.ContentLength = null;
        context.Response.Headers.Remove("Content-Encoding");
        try
        {
            await HtmlRewriter.CopyAsync(body, response.Content.Headers, context.Response.Body, links, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or InvalidDataException)
        {
            context.Abort(); // Half a page, or one that is not encoded as it says.
        }
    }

    private static void CopyHeaders(HttpContext context, HttpResponseMessage response, ProxyLinks? links)
    {
        var perConnection = Named(response.Headers.TryGetValues("Connection", out var connection) ? new StringValues([.. connection]) : default);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            if (!OfOneConnection.Contains(name) && !perConnection.Contains(name))
            {
                context.Response.Headers[name] = new StringValues([.. values]);
            }
        }

        foreach (var name in CrossOrigin)
        {
            context.Response.Headers.Remove(name);
        }

        if (links is not null && context.Response.Headers.Location is [{ Length: > 0 } location])
        {
            context.Response.Headers.Location = links.Rewrite(location);
        }
    }

    // What was for this server: a backend that saw a user's token could act as that user.
    private static bool IsPrivate(string name) =>
        OfOneConnection.Contains(name) || name.StartsWith(':') || name.Equals("Host", StringComparison.OrdinalIgnoreCase)
        || name.Equals("Authorization", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Impersonate-", StringComparison.OrdinalIgnoreCase);

    private static HashSet<string> Named(StringValues connection) =>
        new(connection.SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)), StringComparer.OrdinalIgnoreCase);

    private static void Append(HttpRequestMessage request, string name, string? value)
    {
        var before = request.Headers.NonValidated.TryGetValues(name, out var known) ? string.Join(", ", known) : "";
        Replace(request, name, before.Length == 0 ? value : $"{before}, {value}");
    }

    private static void Replace(HttpRequestMessage request, string name, string? value)
    {
        request.Headers.Remove(name);
        if (!string.IsNullOrEmpty(value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
