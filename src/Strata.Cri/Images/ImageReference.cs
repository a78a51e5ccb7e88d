namespace Strata.Cri.Images;

/// <summary>Image names as users write them, and as the runtime stores them.</summary>
public static class ImageReference
{
    private const string DefaultDomain = "docker.io";
    private const string DefaultTag = "latest";

    /// <summary>Fills in what a short name leaves out, by the rules of distribution/reference that containerd uses:
    /// <c>web</c> → <c>docker.io/library/web:latest</c>, <c>localhost/web:1</c> and <c>strata.local/web:1</c> stay.</summary>
    public static string Normalize(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var (domain, path) = SplitDomain(name);
        if (domain == DefaultDomain && !path.Contains('/', StringComparison.Ordinal))
        {
            path = "library/" + path;
        }
        var last = path.LastIndexOf('/') + 1;
        var hasTagOrDigest = path.AsSpan(last).ContainsAny(':', '@');
        return hasTagOrDigest ? $"{domain}/{path}" : $"{domain}/{path}:{DefaultTag}";
    }

    private static (string Domain, string Path) SplitDomain(string name)
    {
        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return (DefaultDomain, name);
        }
        var first = name[..slash];
        // Only a dot, a port, an upper-case letter or "localhost" makes the first part a host.
        var isDomain = first == "localhost" || first.AsSpan().ContainsAny('.', ':') || first.Any(char.IsUpper);
        if (!isDomain)
        {
            return (DefaultDomain, name);
        }
        return (first == "index.docker.io" ? DefaultDomain : first, name[(slash + 1)..]);
    }
}
