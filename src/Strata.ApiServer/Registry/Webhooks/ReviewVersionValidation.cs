using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Webhooks;

/// <summary>Rules of the list of review versions that a webhook takes.</summary>
internal static class ReviewVersionValidation
{
    /// <param name="path">Of <paramref name="hook"/>.</param>
    public static void Validate(JsonObject? hook, string field, string path, FieldErrors errors)
    {
        path = $"{path}.{field}";
        if (hook.Count(field) == 0)
        {
            errors.Required(path, "must specify one of v1, v1beta1");
            return;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (version, index) in hook.Texts(field))
        {
            if (seen.Add(version))
            {
                ObjectNames.ValidateRfc1035Label(version, $"{path}[{index}]", errors);
            }
            else
            {
                errors.Invalid($"{path}[{index}]", version, "duplicate version");
            }
        }

        if (!seen.Contains("v1") && !seen.Contains("v1beta1"))
        {
            errors.Invalid(path, hook?[field], "must include at least one of v1, v1beta1");
        }
    }
}
