using Strata.Api.Errors;
using Strata.Api.Selectors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Registry.Generic;
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

    /// <summary>The field selector of a list, watch or deletecollection; null for none, and for one that does not parse.</summary>
    public FieldQuery? Fields { get; init; }

    /// <summary>Resource and subresource as rules name them: <c>pods/log</c>.</summary>
    public string FullResource => Subresource.Length == 0 ? Resource : $"{Resource}/{Subresource}";

    public static AuthorizationRequest For(ApiCall call)
    {
        var info = call.Info;
        var fields = info is { IsResource: true, Verb: "list" or "watch" or "deletecollection" } ? FieldsOf(call.Query) : null;
        return new AuthorizationRequest(call.User, info.Verb)
        {
            IsResource = info.IsResource,
            Group = info.Group,
            Version = info.Version,
            Resource = info.Resource,
            Subresource = info.Subresource,
            Namespace = info.Namespace,

            // Who may read one object may also watch that one (apiserver: pkg/endpoints/request/requestinfo.go).
            Name = info.Name.Length > 0 ? info.Name : fields?.ExactValue(ObjectFields.NameField) ?? "",
            Path = info.Path,
            Fields = fields,
        };
    }

    private static FieldQuery? FieldsOf(QueryParameters query)
    {
        if (query["fieldSelector"] is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return FieldQuery.Parse(text);
        }
        catch (ApiException)
        {
            return null; // Reading the list will say what is wrong with it, to those who may list.
        }
    }
}
