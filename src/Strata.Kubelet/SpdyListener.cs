using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strata.Streaming.Spdy;

namespace Strata.Kubelet;

/// <summary>The server's end of an upgrade to SPDY/3.1, as Kubernetes' streaming endpoints do it (apimachinery <c>httpstream</c>).</summary>
internal static class SpdyListener
{
    private const string Spdy = "SPDY/3.1";
    private const string ProtocolHeader = "X-Stream-Protocol-Version";
    private const string AcceptedHeader = "X-Accepted-Stream-Protocol-Versions";

    /// <exception cref="KubeletException">It asks for no such upgrade.</exception>
    public static void Check(HttpContext context)
    {
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
            || !context.Request.Headers.Upgrade.ToString().Equals(Spdy, StringComparison.OrdinalIgnoreCase))
        {
            throw KubeletException.BadRequest("unable to upgrade: missing upgrade headers in request");
        }
    }

    /// <param name="known">Protocols spoken here, best first.</param>
    /// <returns>The connection and the protocol that both sides speak.</returns>
    /// <exception cref="KubeletException">It is no such request, or no protocol is common.</exception>
    public static async Task<(SpdyConnection Connection, string Protocol)> AcceptAsync(HttpContext context, params IReadOnlyList<string> known)
    {
        Check(context);
        var offered = context.Request.Headers[ProtocolHeader].SelectMany(static value => (value ?? "").Split(',', StringSplitOptions.TrimEntries)).ToArray();
        if (known.FirstOrDefault(offered.Contains) is not { } protocol)
        {
            context.Response.Headers[AcceptedHeader] = known.ToArray();
            throw new KubeletException(403, $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', known)}]");
        }

        context.Response.Headers.Upgrade = Spdy;
        context.Response.Headers[ProtocolHeader] = protocol;
        return (SpdyConnection.Start(await context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync(), SpdyRole.Server), protocol);
    }
}
