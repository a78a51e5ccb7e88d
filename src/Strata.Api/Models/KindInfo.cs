namespace Strata.Api.Models;

/// <summary>Names of one kind as the REST API spells them.</summary>
/// <param name="Group">API group; empty for the core group.</param>
/// <param name="Version">API version, for example <c>v1</c>.</param>
/// <param name="Kind">Kind in objects, for example <c>Pod</c>.</param>
/// <param name="Plural">Resource name in paths, for example <c>pods</c>.</param>
/// <param name="Namespaced">Whether objects live in a namespace.</param>
public sealed record KindInfo(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    /// <summary><c>v1</c> or <c>apps/v1</c>, as in the field <c>apiVersion</c>.</summary>
    public string ApiVersion { get; } = Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary><c>/api/v1</c> or <c>/apis/apps/v1</c>.</summary>
    public string BasePath { get; } = Group.Length == 0 ? $"/api/{Version}" : $"/apis/{Group}/{Version}";

    /// <summary>Path of the collection, or of the object when <paramref name="name"/> is given.</summary>
    /// <param name="namespaceName">Namespace; null or empty for cluster-scoped kinds and for all namespaces.</param>
    /// <param name="name">Object name; null for the collection.</param>
    /// <param name="subresource">For example <c>status</c>; null for the object itself.</param>
    public string Path(string? namespaceName, string? name = null, string? subresource = null)
    {
        var path = string.IsNullOrEmpty(namespaceName) || !Namespaced ? $"{BasePath}/{Plural}" : $"{BasePath}/namespaces/{namespaceName}/{Plural}";
        path = name is null ? path : $"{path}/{name}";
        return subresource is null ? path : $"{path}/{subresource}";
    }
}
