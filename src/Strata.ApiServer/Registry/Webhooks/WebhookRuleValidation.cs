using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Webhooks;

/// <summary>Rules of which requests a webhook is asked about (admissionregistration: validation.go validateRuleWithOperations).</summary>
internal static class WebhookRuleValidation
{
    public static void Validate(JsonObject rule, string path, FieldErrors errors)
    {
        ValidateWildcard(rule, "operations", "operations", path, errors);
        foreach (var (operation, index) in rule.Texts("operations"))
        {
            if (operation is not ("*" or "CONNECT" or "CREATE" or "DELETE" or "UPDATE"))
            {
                errors.NotSupported($"{path}.operations[{index}]", operation, "*", "CONNECT", "CREATE", "DELETE", "UPDATE");
            }
        }

        ValidateWildcard(rule, "apiGroups", "API groups", path, errors);
        ValidateWildcard(rule, "apiVersions", "API versions", path, errors);
        foreach (var (version, index) in rule.Texts("apiVersions"))
        {
            if (version.Length == 0)
            {
                errors.Required($"{path}.apiVersions[{index}]");
            }
        }

        ValidateResources(rule, $"{path}.resources", errors);
        if (rule.Text("scope") is { } scope and not ("*" or "Cluster" or "Namespaced"))
        {
            errors.NotSupported($"{path}.scope", scope, "*", "Cluster", "Namespaced");
        }
    }

    private static void ValidateWildcard(JsonObject rule, string field, string words, string path, FieldErrors errors)
    {
        if (rule.Count(field) == 0)
        {
            errors.Required($"{path}.{field}");
        }
        else if (rule.Count(field) > 1 && rule.Texts(field).Any(static entry => entry.Item == "*"))
        {
            errors.Invalid($"{path}.{field}", rule[field], $"if '*' is present, must not specify other {words}");
        }
    }

    private static void ValidateResources(JsonObject rule, string path, FieldErrors errors)
    {
        if (rule.Count("resources") == 0)
        {
            errors.Required(path);
        }

        var whole = new HashSet<string>(StringComparer.Ordinal); // Resources that come with all their subresources.
        var everywhere = new HashSet<string>(StringComparer.Ordinal); // Subresources of all resources.
        foreach (var (resource, index) in rule.Texts("resources"))
        {
            if (resource.Length == 0)
            {
                errors.Required($"{path}[{index}]");
                continue;
            }

            if (resource.Split('/', 2) is not [var name, var subresource])
            {
                continue;
            }

            if (whole.Contains(name))
            {
                errors.Invalid($"{path}[{index}]", resource, $"if '{name}/*' is present, must not specify {resource}");
            }

            if (everywhere.Contains(subresource))
            {
                errors.Invalid($"{path}[{index}]", resource, $"if '*/{subresource}' is present, must not specify {resource}");
            }

            if (subresource == "*")
            {
                whole.Add(name);
            }

            if (name == "*")
            {
                everywhere.Add(subresource);
            }
        }

        var all = rule.Texts("resources").Select(static entry => entry.Item).ToArray();
        if (all.Length > 1 && all.Contains("*/*"))
        {
            errors.Invalid(path, rule["resources"], "if '*/*' is present, must not specify other resources");
        }

        if (all.Contains("*") && all.Any(static resource => resource != "*" && !resource.Contains('/', StringComparison.Ordinal)))
        {
            errors.Invalid(path, rule["resources"], "if '*' is present, must not specify other resources without subresources");
        }
    }
}
