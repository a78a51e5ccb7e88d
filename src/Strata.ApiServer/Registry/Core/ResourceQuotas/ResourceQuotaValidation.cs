using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Core.Pods.Spec;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ResourceQuotas;

/// <summary>Rules of ResourceQuotas (core: validation.go ValidateResourceQuotaSpec).</summary>
internal static class ResourceQuotaValidation
{
    private static readonly string[] Scopes =
        ["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "CrossNamespacePodAffinity", "VolumeAttributesClass"];

    public static void Validate(JsonObject? spec, FieldErrors errors)
    {
        ValidateAmounts(spec.Object("hard"), "spec.hard", errors);
        ValidateScopes(spec, errors);
        ValidateSelector(spec, errors);
    }

    public static void ValidateUpdate(JsonObject? spec, JsonObject? old, FieldErrors errors)
    {
        var now = spec.Texts("scopes").Select(static entry => entry.Item).ToHashSet(StringComparer.Ordinal);
        if (!now.SetEquals(old.Texts("scopes").Select(static entry => entry.Item)))
        {
            errors.Invalid("spec.scopes", spec?["scopes"], "field is immutable");
        }
    }

    public static void ValidateAmounts(JsonObject? map, string path, FieldErrors errors)
    {
        foreach (var (resource, value) in map ?? [])
        {
            var place = $"{path}[{resource}]";
            ResourceNames.ValidateForQuota(resource, place, errors);
            Quantities.Validate(resource, value, place, errors);
            if (ResourceNames.IsCounted(resource) && !Quantities.IsCounted(resource) && Quantities.TryRead(value, out var amount) && !amount.IsNegative && amount.MilliValue % 1000 != 0)
            {
                errors.Invalid(place, amount.ToString(), "must be an integer");
            }
        }
    }

    private static void ValidateScopes(JsonObject? spec, FieldErrors errors)
    {
        var scopes = spec?["scopes"];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (scope, _) in spec.Texts("scopes"))
        {
            if (!Scopes.Contains(scope))
            {
                errors.Invalid("spec.scopes", scopes, "unsupported scope");
            }
            else if (HasStranger(spec, scope))
            {
                errors.Invalid("spec.scopes", scopes, "unsupported scope applied to resource");
            }

            seen.Add(scope);
        }

        RefuseConflict(seen, "spec.scopes", scopes, errors);
    }

    private static void ValidateSelector(JsonObject? spec, FieldErrors errors)
    {
        const string path = "spec.scopeSelector.matchExpressions";
        var selector = spec.Object("scopeSelector");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (requirement, _) in selector.Objects("matchExpressions"))
        {
            var scope = requirement.TextOrEmpty("scopeName");
            if (!Scopes.Contains(scope))
            {
                errors.Invalid($"{path}.scopeName", scope, "unsupported scope");
            }
            else if (HasStranger(spec, scope))
            {
                errors.Invalid(path, selector, "unsupported scope applied to resource");
            }

            ValidateOperator(requirement, scope, path, errors);
            seen.Add(scope);
        }

        RefuseConflict(seen, path, spec?["scopes"], errors);
    }

    private static void ValidateOperator(JsonObject requirement, string scope, string path, FieldErrors errors)
    {
        var operation = requirement.TextOrEmpty("operator");
        if (scope is "BestEffort" or "NotBestEffort" or "Terminating" or "NotTerminating" or "CrossNamespacePodAffinity" && operation != "Exists")
        {
            errors.Invalid(
                $"{path}.operator", operation,
                "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
        }

        switch (operation)
        {
            case "In" or "NotIn":
                if (requirement.Count("values") == 0)
                {
                    errors.Required($"{path}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                }

                break;
            case "Exists" or "DoesNotExist":
                if (requirement.Count("values") > 0)
                {
                    errors.Invalid($"{path}.values", requirement["values"], "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                }

                break;
            default:
                errors.Invalid($"{path}.operator", operation, "not a valid selector operator");
                break;
        }
    }

    private static bool HasStranger(JsonObject? spec, string scope) =>
        spec.Object("hard")?.Any(entry => ResourceNames.IsStandard(entry.Key) && !ResourceNames.FitsScope(entry.Key, scope)) == true;

    private static void RefuseConflict(HashSet<string> scopes, string path, JsonNode? shown, FieldErrors errors)
    {
        if ((scopes.Contains("BestEffort") && scopes.Contains("NotBestEffort")) || (scopes.Contains("Terminating") && scopes.Contains("NotTerminating")))
        {
            errors.Invalid(path, shown, "conflicting scopes");
        }
    }
}
