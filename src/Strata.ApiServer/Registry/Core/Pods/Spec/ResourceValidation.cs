using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Requests and limits of a container or pod (core: validation.go ValidateContainerResourceRequirements).</summary>
internal static class ResourceValidation
{
    public static void Validate(JsonObject? resources, string path, FieldErrors errors)
    {
        var limits = resources.Object("limits");
        var requests = resources.Object("requests");
        ValidateList(limits, $"{path}.limits", errors);
        ValidateList(requests, $"{path}.requests", errors);
        foreach (var (name, value) in requests ?? [])
        {
            if (!Quantities.TryRead(value, out var request))
            {
                continue;
            }

            if (limits.Read(name) is { } limit)
            {
                if (MayNotDiffer(name) && request != limit)
                {
                    errors.Invalid($"{path}.requests", request.ToString(), $"must be equal to {name} limit of {limit}");
                }
                else if (request > limit)
                {
                    errors.Invalid($"{path}.requests", request.ToString(), $"must be less than or equal to {name} limit of {limit}");
                }
            }
            else if (MayNotDiffer(name))
            {
                errors.Required($"{path}.limits", "Limit must be set for non overcommitable resources");
            }
        }
    }

    // Devices and huge pages cannot be lent to others while unused.
    private static bool MayNotDiffer(string resource) => Quantities.IsExtended(resource) || Quantities.IsHugePages(resource);

    private static void ValidateList(JsonObject? list, string path, FieldErrors errors)
    {
        foreach (var (name, value) in list ?? [])
        {
            QualifiedNames.Validate(name, $"{path}[{name}]", errors);
            if (!name.Contains('/', StringComparison.Ordinal) && name is not ("cpu" or "memory" or "ephemeral-storage") && !Quantities.IsHugePages(name))
            {
                errors.Invalid($"{path}[{name}]", name, "must be a standard resource for containers");
            }

            Quantities.Validate(name, value, $"{path}[{name}]", errors);
        }
    }
}
