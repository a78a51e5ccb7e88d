using System.Text.Json.Nodes;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of conditions of the common form (apimachinery: meta/v1 validation ValidateConditions).</summary>
internal static class ConditionValidation
{
    public static void Validate(JsonObject? status, string path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (condition, index) in status.Objects("conditions"))
        {
            ValidateOne(condition, $"{path}[{index}]", seen, errors);
        }
    }

    private static void ValidateOne(JsonObject condition, string path, HashSet<string> seen, FieldErrors errors)
    {
        var type = condition.TextOrEmpty("type");
        if (type.Length == 0)
        {
            errors.Required($"{path}.type", "must be set");
        }
        else
        {
            QualifiedNames.Validate(type, $"{path}.type", errors);
            if (!seen.Add(type))
            {
                errors.Duplicate($"{path}.type", type);
            }
        }

        if (condition.TextOrEmpty("status") is not ("True" or "False" or "Unknown") and var status)
        {
            errors.NotSupported($"{path}.status", status, "False", "True", "Unknown");
        }

        if (condition.Number("observedGeneration") is < 0 and var generation)
        {
            errors.Invalid($"{path}.observedGeneration", generation, "must be greater than or equal to zero");
        }

        if (condition.Text("lastTransitionTime") is null)
        {
            errors.Required($"{path}.lastTransitionTime", "must be set");
        }

        if (condition.Text("reason") is null)
        {
            errors.Required($"{path}.reason", "must be set");
        }
        else if (condition.TextOrEmpty("reason").Length > 1024)
        {
            errors.TooLong($"{path}.reason", 1024);
        }

        if (condition.TextOrEmpty("message").Length > 32 * 1024)
        {
            errors.TooLong($"{path}.message", 32 * 1024);
        }
    }
}
