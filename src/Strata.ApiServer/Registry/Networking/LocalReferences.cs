using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Networking;

/// <summary>References to an object of any kind (networking: validation.go validateIngressTypedLocalObjectReference).</summary>
internal static class LocalReferences
{
    public static void Validate(JsonObject reference, string path, FieldErrors errors)
    {
        if (JsonTree.TryText(reference["apiGroup"], out var group))
        {
            ObjectNames.ValidateSubdomain(group, $"{path}.apiGroup", errors);
        }

        foreach (var field in (ReadOnlySpan<string>)["kind", "name"])
        {
            if (reference.Text(field) is { } text)
            {
                PathSegments.Validate(text, $"{path}.{field}", errors);
            }
            else
            {
                errors.Required($"{path}.{field}", $"{field} is required");
            }
        }
    }
}
