using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;

/// <summary>Rules of a version's subresources.</summary>
internal static class SubresourceRules
{
    public static void Validate(JsonObject? subresources, string path, FieldErrors errors)
    {
        if (subresources.Object("scale") is not { } scale)
        {
            return;
        }

        ValidatePath(scale, "specReplicasPath", path, ".spec.", errors);
        ValidatePath(scale, "statusReplicasPath", path, ".status.", errors);
        if (scale.Text("labelSelectorPath") is { } selector && PresentationRules.ValidateSimplePath(selector, $"{path}.scale.labelSelectorPath", errors)
            && !selector.StartsWith(".spec.", StringComparison.Ordinal) && !selector.StartsWith(".status.", StringComparison.Ordinal))
        {
            errors.Invalid($"{path}.scale.labelSelectorPath", selector, "should be a json path under either .spec or .status");
        }
    }

    private static void ValidatePath(JsonObject scale, string field, string path, string root, FieldErrors errors)
    {
        var at = $"{path}.scale.{field}";
        if (scale.Text(field) is not { } given)
        {
            errors.Required(at);
        }
        else if (PresentationRules.ValidateSimplePath(given, at, errors) && !given.StartsWith(root, StringComparison.Ordinal))
        {
            errors.Invalid(at, given, $"should be a json path under {root[..^1]}");
        }
    }
}
