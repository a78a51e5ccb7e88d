namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>A Kubernetes API path in its parts; missing ones are empty.</summary>
internal sealed record ApiPath(string Group, string Version, string Namespace, string Plural, string Name, string Subresource)
{
    public string Key => $"{(Group.Length == 0 ? "/api" : "/apis/" + Group)}/{Version}{(Namespace.Length == 0 ? "" : "/namespaces/" + Namespace)}/{Plural}/{Name}";

    public static ApiPath Parse(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = parts[0] == "api" ? ("", parts[1], parts[2..]) : (parts[1], parts[2], parts[3..]);
        var isNamespaced = rest is ["namespaces", _, _, ..];
        var (space, tail) = isNamespaced ? (rest[1], rest[2..]) : ("", rest);
        return new ApiPath(group, version, space, tail[0], tail.Length > 1 ? tail[1] : "", tail.Length > 2 ? tail[2] : "");
    }
}
