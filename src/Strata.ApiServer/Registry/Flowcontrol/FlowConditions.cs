using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Flowcontrol;

/// <summary>Rules of the conditions in this group's statuses (flowcontrol: validation.go).</summary>
internal static class FlowConditions
{
    public static void Validate(JsonObject target, FieldErrors errors)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (condition, index) in target.Object("status").Objects("conditions"))
        {
            var type = condition.TextOrEmpty("type");
            if (!types.Add(type))
            {
                errors.Duplicate($"status.conditions[{index}].type", type);
            }

            if (type.Length == 0)
            {
                errors.Required($"status.conditions[{index}].type", "must not be empty");
            }
        }
    }
}
