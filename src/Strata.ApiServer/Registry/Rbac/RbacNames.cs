using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Rbac;

/// <summary>Names of roles and bindings: anything that can be one segment of a path (apimachinery: api/validation/path/name.go), so that <c>system:node</c> is a name.</summary>
internal static class RbacNames
{
    public const string Group = "rbac.authorization.k8s.io";

    public static void Validate(string name, string path, FieldErrors errors)
    {
        if (name is "." or "..")
        {
            errors.Invalid(path, name, $"may not be '{name}'");
            return;
        }

        foreach (var forbidden in (ReadOnlySpan<char>)['/', '%'])
        {
            if (name.Contains(forbidden))
            {
                errors.Invalid(path, name, $"may not contain '{forbidden}'");
            }
        }
    }
}
