namespace Strata.ApiServer.Streaming;

/// <summary>Makes links of a backend's answer lead through the proxy. Source: apimachinery <c>util/proxy/transport.go</c>, rewriteURL.</summary>
/// <param name="prefix">Path of the proxy, without a slash at its end.</param>
/// <param name="backend">Where the answer came from.</param>
/// <param name="scheme">Scheme of the request here.</param>
/// <param name="host">Host of the request here, with its port.</param>
internal sealed class ProxyLinks(string prefix, Uri backend, string scheme, string host)
{
    /// <summary>The link, changed only if it is one to an absolute path of the backend.</summary>
    public string Rewrite(string link)
    {
        if (!link.StartsWith("//", StringComparison.Ordinal) && link.StartsWith('/'))
        {
            return IsThroughProxy(link) ? link : prefix + link;
        }

        var isOwn = link.StartsWith("//", StringComparison.Ordinal)
            ? Uri.TryCreate($"{backend.Scheme}:{link}", UriKind.Absolute, out var absolute)
            : Uri.TryCreate(link, UriKind.Absolute, out absolute) && absolute.Scheme is "http" or "https";
        if (!isOwn || absolute is null || (absolute.Authority != backend.Authority && absolute.Authority != host))
        {
            return link; // Relative, or of another host.
        }

        var path = absolute.GetComponents(UriComponents.PathAndQuery | UriComponents.Fragment, UriFormat.UriEscaped);
        path = path.StartsWith('/') ? path : "/" + path;
        return $"{scheme}://{host}{(IsThroughProxy(path) ? path : prefix + path)}";
    }

    private bool IsThroughProxy(string path) => path.StartsWith(prefix, StringComparison.Ordinal);
}
