using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Strata.Api.Errors;
using Strata.ApiServer.Authorization;

namespace Strata.ApiServer.Authentication;

/// <summary>Lets a user who may do so act as another (<c>kubectl --as</c>; apiserver: pkg/endpoints/filters/impersonation.go).</summary>
internal sealed class Impersonation(IAuthorizer authorizer)
{
    private const string UserHeader = "Impersonate-User";
    private const string GroupHeader = "Impersonate-Group";
    private const string UidHeader = "Impersonate-Uid";
    private const string ExtraPrefix = "Impersonate-Extra-";
    private const string AccountPrefix = "system:serviceaccount:";

    /// <returns>Whom the request asks to act as, or <paramref name="user"/> when it asks for nobody.</returns>
    /// <exception cref="ApiException">Forbidden, or BadRequest for group, uid or extra without a user.</exception>
    public UserIdentity Apply(UserIdentity user, IHeaderDictionary headers)
    {
        var name = headers[UserHeader].ToString();
        var groups = headers[GroupHeader].OfType<string>().ToList();
        var uid = headers[UidHeader].ToString();
        var extra = ExtraOf(headers);
        if (name.Length == 0)
        {
            return groups.Count + uid.Length + extra.Count == 0
                ? user
                : throw ApiErrors.BadRequest($"{GroupHeader}, {UidHeader} and {ExtraPrefix}* need {UserHeader}");
        }

        foreach (var request in Questions(user, name, groups, uid, extra))
        {
            if (authorizer.Authorize(request) is { IsAllowed: false, Reason: var reason })
            {
                throw AuthorizationErrors.Forbidden(request, reason);
            }
        }

        return new UserIdentity(name, uid, GroupsOf(name, groups), extra);
    }

    private static FrozenDictionary<string, IReadOnlyList<string>> ExtraOf(IHeaderDictionary headers) =>
        headers.Where(static header => header.Key.StartsWith(ExtraPrefix, StringComparison.OrdinalIgnoreCase)).ToFrozenDictionary(
            static header => Uri.UnescapeDataString(header.Key[ExtraPrefix.Length..].ToLowerInvariant()),
            static header => (IReadOnlyList<string>)[.. header.Value.OfType<string>()]);

    private static IEnumerable<AuthorizationRequest> Questions(
        UserIdentity user, string name, List<string> groups, string uid, IReadOnlyDictionary<string, IReadOnlyList<string>> extra)
    {
        var question = new AuthorizationRequest(user, "impersonate") { IsResource = true, Version = "v1" };
        yield return AccountOf(name) is var (account, namespaceName)
            ? question with { Resource = "serviceaccounts", Namespace = namespaceName, Name = account }
            : question with { Resource = "users", Name = name };
        foreach (var group in groups)
        {
            yield return question with { Resource = "groups", Name = group };
        }

        if (uid.Length > 0)
        {
            yield return question with { Group = "authentication.k8s.io", Resource = "uids", Name = uid };
        }

        foreach (var (key, values) in extra)
        {
            foreach (var value in values)
            {
                yield return question with { Group = "authentication.k8s.io", Resource = "userextras", Subresource = key, Name = value };
            }
        }
    }

    // Who is named without groups gets those that everyone of their sort has.
    private static string[] GroupsOf(string name, List<string> groups)
    {
        if (name == UserIdentity.Anonymous.Name)
        {
            return [.. groups, UserIdentity.UnauthenticatedGroup];
        }

        IEnumerable<string> own = groups.Count == 0 && AccountOf(name) is var (_, namespaceName)
            ? ["system:serviceaccounts", $"system:serviceaccounts:{namespaceName}"]
            : groups;
        return [.. own.Append(UserIdentity.AuthenticatedGroup).Distinct()];
    }

    private static (string Name, string Namespace)? AccountOf(string user) =>
        user.StartsWith(AccountPrefix, StringComparison.Ordinal) && user[AccountPrefix.Length..].Split(':') is [{ Length: > 0 } space, { Length: > 0 } name]
            ? (name, space)
            : null;
}
