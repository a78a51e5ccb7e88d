using System.Buffers;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Names of controllers: a domain and a path in it (apimachinery: util/validation IsDomainPrefixedPath).</summary>
internal static class DomainPaths
{
    private static readonly SearchValues<char> PathCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/%!$&'()*+,;=:@._~-");

    public static void Validate(string name, string path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == name.Length - 1)
        {
            errors.Invalid(path, name, "must be a domain-prefixed path (such as \"acme.io/foo\")");
            return;
        }

        ObjectNames.ValidateSubdomain(name[..slash], path, errors);
        if (name.AsSpan(slash + 1).ContainsAnyExcept(PathCharacters))
        {
            errors.Invalid(path, name[(slash + 1)..], "Invalid path (regex used for validation is '[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+')");
        }
    }
}
