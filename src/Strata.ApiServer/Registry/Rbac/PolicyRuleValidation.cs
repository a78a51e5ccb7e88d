using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac;

/// <summary>Rules of roles (pkg/apis/rbac/validation/validation.go).</summary>
internal static class PolicyRuleValidation
{
    /// <param name="isNamespaced">Whether the role is of one namespace: paths such as <c>/healthz</c> are of none.</param>
    public static void Validate(JsonObject role, bool isNamespaced, FieldErrors errors)
    {
        foreach (var (rule, index) in role.Objects("rules"))
        {
            ValidateRule(rule, isNamespaced, $"rules[{index}]", errors);
        }
    }

    private static void ValidateRule(JsonObject rule, bool isNamespaced, string path, FieldErrors errors)
    {
        if (rule.Count("verbs") == 0)
        {
            errors.Required($"{path}.verbs", "verbs must contain at least one value");
        }

        if (rule.Count("nonResourceURLs") > 0)
        {
            if (isNamespaced)
            {
                errors.Invalid($"{path}.nonResourceURLs", rule["nonResourceURLs"], "namespaced rules cannot apply to non-resource URLs");
            }

            if (rule.Count("apiGroups") + rule.Count("resources") + rule.Count("resourceNames") > 0)
            {
                errors.Invalid($"{path}.nonResourceURLs", rule["nonResourceURLs"], "rules cannot apply to both regular resources and non-resource URLs");
            }

            return;
        }

        if (rule.Count("apiGroups") == 0)
        {
            errors.Required($"{path}.apiGroups", "resource rules must supply at least one api group");
        }

        if (rule.Count("resources") == 0)
        {
            errors.Required($"{path}.resources", "resource rules must supply at least one resource");
        }
    }
}
