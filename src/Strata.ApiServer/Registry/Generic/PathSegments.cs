using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Names that become part of a path and otherwise are anything (apimachinery: api/validation/path IsValidPathSegmentName).</summary>
internal static class PathSegments
{
    public static void Validate(string name, string path, FieldErrors errors)
    {
        if (name is "." or "..")
        {
            errors.Invalid(path, name, $"may not be '{name}'");
            return;
        }

        foreach (var character in (ReadOnlySpan<char>)['/', '%'])
        {
            if (name.Contains(character))
            {
                errors.Invalid(path, name, $"may not contain '{character}'");
            }
        }
    }
}
