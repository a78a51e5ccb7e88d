namespace Strata.ApiServer.Streaming;

/// <summary>The two parts of a proxied request's path, as the client wrote it.</summary>
/// <param name="Prefix">Up to and with <c>/proxy</c>.</param>
/// <param name="Rest">What is after it: empty, or beginning with a slash.</param>
internal sealed record ProxyPath(string Prefix, string Rest)
{
    /// <param name="rawTarget">The request's target, query and all: <c>/api/v1/namespaces/n/pods/p/proxy/x?y</c>.</param>
    public static ProxyPath Split(string rawTarget)
    {
        var query = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = query < 0 ? rawTarget : rawTarget[..query];

        // /api/v1/nodes/<name>/proxy, or /api/v1/namespaces/<namespace>/<plural>/<name>/proxy; empty segments do not count.
        var end = 0;
        var wanted = 5;
        for (var count = 0; count < wanted && end < path.Length;)
        {
            var start = end;
            while (start < path.Length && path[start] == '/')
            {
                start++;
            }

            end = path.IndexOf('/', start) is >= 0 and var slash ? slash : path.Length;
            count++;
            if (count == 3 && path.AsSpan(start, end - start).SequenceEqual("namespaces"))
            {
                wanted = 7;
            }
        }

        return new ProxyPath(path[..end], path[end..]);
    }
}
