using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Names of CSI drivers: a domain of at most 63 characters (core: validation.go ValidateCSIDriverName).</summary>
internal static class CsiDriverNames
{
    public static void Validate(string name, string path, FieldErrors errors)
    {
        if (name.Length == 0)
        {
            errors.Required(path);
            return;
        }

        if (name.Length > 63)
        {
            errors.TooLong(path, 63);
        }

        ObjectNames.ValidateSubdomain(name.ToLowerInvariant(), path, errors);
    }
}
