namespace Strata.ApiServer.Requests;

/// <summary>What a request is about, read from its method, path and query (apiserver: pkg/endpoints/request/requestinfo.go).</summary>
internal sealed record RequestInfo
{
    /// <summary>Path without query.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the path names a resource; else it is a document such as <c>/version</c>.</summary>
    public bool IsResource { get; init; }

    /// <summary>get, list, watch, create, update, patch, delete, deletecollection; for other paths the method in lower case.</summary>
    public required string Verb { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster-scoped requests.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty for collections.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it has no end of its own, such as a watch (kube-apiserver: the long-running request check).</summary>
    public bool IsLongRunning => IsResource && (Verb is "watch" or "proxy" || Subresource is "attach" or "exec" or "log" or "portforward" or "proxy");

    /// <summary>Whether it asks how the server is, which must be answered however busy it is.</summary>
    public bool IsProbe => !IsResource && (IsBelow("/healthz") || IsBelow("/livez") || IsBelow("/readyz"));

    public static RequestInfo Parse(string method, string path, QueryParameters query)
    {
        var segments = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = segments[i].Contains('%') ? Uri.UnescapeDataString(segments[i]) : segments[i];
        }

        var prefix = segments switch
        {
            ["api", _, _, ..] => 2,
            ["apis", _, _, _, ..] => 3,
            _ => 0,
        };
        if (prefix == 0)
        {
            return new RequestInfo { Path = path, Verb = method.ToLowerInvariant() };
        }

        var info = new RequestInfo
        {
            Path = path,
            IsResource = true,
            Verb = "",
            Group = prefix == 2 ? "" : segments[1],
            Version = segments[prefix - 1],
        };
        var rest = segments.AsSpan(prefix);
        var isWatch = query.Flag("watch");
        if (rest[0] == "watch" && rest.Length > 1)
        {
            // The deprecated prefix form of ?watch=true.
            isWatch = true;
            rest = rest[1..];
        }

        info = WithResource(info, rest);
        // What stands in the query of a proxied request is for the backend.
        return info with { Verb = VerbOf(method, info.Name.Length > 0, isWatch && info.Subresource.Length == 0) };
    }

    private bool IsBelow(string root) => Path.StartsWith(root, StringComparison.Ordinal) && (Path.Length == root.Length || Path[root.Length] == '/');

    private static RequestInfo WithResource(RequestInfo info, ReadOnlySpan<string> rest)
    {
        if (rest[0] == "namespaces" && rest.Length > 1)
        {
            info = info with { Namespace = rest[1] };

            // namespaces/x/pods is about pods; namespaces/x, namespaces/x/status and namespaces/x/finalize are about the namespace.
            if (rest.Length > 2 && rest[2] is not ("status" or "finalize"))
            {
                rest = rest[2..];
            }
        }

        return info with
        {
            Resource = rest[0],
            Name = rest.Length > 1 ? rest[1] : "",
            Subresource = rest.Length > 2 ? rest[2] : "",
        };
    }

    private static string VerbOf(string method, bool hasName, bool isWatch) => method switch
    {
        "GET" or "HEAD" when isWatch => "watch",
        "GET" or "HEAD" => hasName ? "get" : "list",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => hasName ? "delete" : "deletecollection",
        _ => method.ToLowerInvariant(),
    };
}
