namespace Strata.Pods.Images;

/// <summary>An image reference in its full form: registry, repository, and tag or digest. Source: distribution/reference (grammar and defaults).</summary>
/// <param name="Registry">Host, with port if any.</param>
/// <param name="Repository">Path within the registry.</param>
/// <param name="Tag">Tag; empty with a digest only.</param>
/// <param name="Digest">For example <c>sha256:...</c>; empty when there is none.</param>
public sealed record ImageReference(string Registry, string Repository, string Tag, string Digest)
{
    private const string DefaultRegistry = "docker.io";

    /// <summary>Reads a reference as people write it (<c>nginx</c>, <c>me/app:1</c>, <c>host:5000/a/b@sha256:...</c>); null when it has no valid form.</summary>
    public static ImageReference? TryParse(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var digest = at < 0 ? "" : text[(at + 1)..];
        var name = at < 0 ? text : text[..at];
        var slash = name.LastIndexOf('/');
        var colon = name.IndexOf(':', slash + 1);
        var tag = colon < 0 ? "" : name[(colon + 1)..];
        name = colon < 0 ? name : name[..colon];
        if ((at >= 0 && !IsDigest(digest)) || (colon >= 0 && !IsTag(tag)))
        {
            return null;
        }

        var first = name.IndexOf('/', StringComparison.Ordinal);
        var head = first < 0 ? "" : name[..first];
        var hasRegistry = head == "localhost" || head.Contains('.', StringComparison.Ordinal) || head.Contains(':', StringComparison.Ordinal);
        var repository = hasRegistry ? name[(first + 1)..] : first < 0 ? "library/" + name : name;
        if (!repository.Split('/').All(IsComponent) || (hasRegistry && !IsRegistry(head)))
        {
            return null;
        }

        return new ImageReference(hasRegistry ? head : DefaultRegistry, repository, tag.Length == 0 && digest.Length == 0 ? "latest" : tag, digest);
    }

    public override string ToString() => $"{Registry}/{Repository}{(Tag.Length > 0 ? ":" + Tag : "")}{(Digest.Length > 0 ? "@" + Digest : "")}";

    // A host name, or an IPv6 address in brackets, and perhaps a port.
    private static bool IsRegistry(string registry)
    {
        var bracket = registry.LastIndexOf(']');
        var colon = registry.IndexOf(':', bracket + 1);
        var host = colon < 0 ? registry : registry[..colon];
        return (colon < 0 || ushort.TryParse(registry.AsSpan(colon + 1), out _))
            && (bracket > 0 ? host[0] == '[' : host.Length > 0 && host.All(character => char.IsAsciiLetterOrDigit(character) || character is '.' or '-'));
    }

    private static bool IsTag(string tag) =>
        tag.Length is > 0 and <= 128 && tag[0] is not ('.' or '-') && tag.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-');

    private static bool IsDigest(string digest)
    {
        var colon = digest.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && digest.Length - colon - 1 >= 32 && digest.AsSpan(colon + 1).IndexOfAnyExcept("0123456789abcdef") < 0;
    }

    private static bool IsComponent(string part) =>
        part.Length > 0 && char.IsAsciiLetterOrDigit(part[0]) && char.IsAsciiLetterOrDigit(part[^1])
        && part.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character is '.' or '_' or '-');
}
