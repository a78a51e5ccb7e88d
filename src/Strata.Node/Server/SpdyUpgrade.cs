using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Strata.Cri.Spdy;

namespace Strata.NodeAgent.Server;

/// <summary>The server's side of <c>Upgrade: SPDY/3.1</c> (streaming/pkg/httpstream: negotiation by X-Stream-Protocol-Version).</summary>
internal static class SpdyUpgrade
{
    private const string ProtocolHeader = "X-Stream-Protocol-Version";

    /// <summary>Picks the first of <paramref name="supported"/> that the client offers and switches protocols.</summary>
    /// <exception cref="KubeletException">The request asks for no upgrade, or for versions unknown here.</exception>
    public static async Task<(SpdyConnection Connection, string Protocol)> AcceptAsync(HttpContext context, IReadOnlyList<string> supported)
    {
        var upgrade = context.Features.Get<IHttpUpgradeFeature>();
        if (upgrade is not { IsUpgradableRequest: true } || !context.Request.Headers.Upgrade.ToString().Equals("SPDY/3.1", StringComparison.OrdinalIgnoreCase))
        {
            throw KubeletException.BadRequest("unable to upgrade: missing upgrade headers in request (WebSocket or SPDY/3.1 is needed)");
        }

        var offered = context.Request.Headers[ProtocolHeader].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).ToArray();
        if (offered.FirstOrDefault(supported.Contains) is not { } chosen)
        {
            context.Response.Headers["X-Accepted-Stream-Protocol-Versions"] = supported.ToArray();
            throw new KubeletException(StatusCodes.Status403Forbidden, $"unable to upgrade: unable to negotiate protocol: client supports [{string.Join(' ', offered)}], server accepts [{string.Join(' ', supported)}]");
        }

        context.Response.Headers.Connection = "Upgrade";
        context.Response.Headers.Upgrade = "SPDY/3.1";
        context.Response.Headers[ProtocolHeader] = chosen;
        return (SpdyConnection.Start(await upgrade.UpgradeAsync(), SpdyRole.Server), chosen);
    }
}
