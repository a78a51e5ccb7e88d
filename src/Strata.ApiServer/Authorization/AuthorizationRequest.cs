using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Authorization;

/// <summary>What someone wants to do.</summary>
/// <param name="User">Who.</param>
/// <param name="Verb">For example <c>list</c>.</param>
internal sealed record AuthorizationRequest(UserIdentity User, string Verb)
{
    /// <summary>False: <see cref="Path"/> says what it is about.</summary>
    public bool IsResource { get; init; }

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>Empty for cluster scope and for all namespaces.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Empty when the request names no object.</summary>
    public string Name { get; init; } = "";

    public string Path { get; init; } = "";

    /// <summary>Resource and subresource as rules name them: <c>pods/log</c>.</summary>
    public string FullResource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    public static AuthorizationRequest For(ApiCall call) => new(call.User, call.Info.Verb)
    {
        IsResource = call.Info.IsResource,
        Group = call.Info.Group,
        Version = call.Info.Version,
        Resource = call.Info.Resource,
        Subresource = call.Info.Subresource,
        Namespace = call.Info.Namespace,
        Name = call.Info.Name,
        Path = call.Info.Path,
    };
}
