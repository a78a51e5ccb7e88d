using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Flowcontrol.FlowSchemas;

/// <summary>Rules of which requests of whom a schema matches (flowcontrol: validation.go ValidateFlowSchemaPolicyRulesWithSubjects).</summary>
internal static class FlowRuleValidation
{
    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];

    private static readonly (string Kind, string Field)[] SubjectKinds = [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];

    public static void Validate(JsonObject rule, string path, FieldErrors errors)
    {
        if (rule.Count("subjects") == 0)
        {
            errors.Required($"{path}.subjects", "subjects must contain at least one value");
        }

        foreach (var (subject, index) in rule.Objects("subjects"))
        {
            ValidateSubject(subject, $"{path}.subjects[{index}]", errors);
        }

        if (rule.Count("resourceRules") == 0 && rule.Count("nonResourceRules") == 0)
        {
            errors.Required(path, "at least one of resourceRules and nonResourceRules has to be non-empty");
        }

        foreach (var (resources, index) in rule.Objects("resourceRules"))
        {
            ValidateResources(resources, $"{path}.resourceRules[{index}]", errors);
        }

        foreach (var (paths, index) in rule.Objects("nonResourceRules"))
        {
            ValidatePaths(paths, $"{path}.nonResourceRules[{index}]", errors);
        }
    }

    private static void ValidateSubject(JsonObject subject, string path, FieldErrors errors)
    {
        var kind = subject.TextOrEmpty("kind");
        if (!SubjectKinds.Any(known => known.Kind == kind))
        {
            errors.NotSupported($"{path}.kind", kind, "Group", "ServiceAccount", "User");
            return;
        }

        foreach (var (known, field) in SubjectKinds)
        {
            var named = subject.Object(field);
            if (known != kind)
            {
                if (named is not null)
                {
                    errors.Forbidden($"{path}.{field}", $"{field} is forbidden when subject kind is not '{known}'");
                }
            }
            else if (named is null)
            {
                errors.Required($"{path}.{field}", $"{field} is required when subject kind is '{known}'");
            }
            else if (named.Text("name") is not { } name)
            {
                errors.Required($"{path}.{field}.name");
            }
            else if (known == "ServiceAccount")
            {
                ValidateAccount(named, name, $"{path}.{field}", errors);
            }
        }
    }

    private static void ValidateAccount(JsonObject account, string name, string path, FieldErrors errors)
    {
        if (name != "*")
        {
            ObjectNames.ValidateSubdomain(name, $"{path}.name", errors);
        }

        if (account.Text("namespace") is { } namespaceName)
        {
            ObjectNames.ValidateLabel(namespaceName, $"{path}.namespace", errors);
        }
        else
        {
            errors.Required($"{path}.namespace", "must specify namespace for service account");
        }
    }

    private static void ValidateResources(JsonObject rule, string path, FieldErrors errors)
    {
        ValidateVerbs(rule, path, errors);
        ValidateList(rule, "apiGroups", "resource rules must supply at least one api group", "api groups", path, errors);
        ValidateList(rule, "resources", "resource rules must supply at least one resource", "resources", path, errors);
        if (rule.Count("namespaces") == 0 && rule.IsTrue("clusterScope"))
        {
            return;
        }

        if (!ValidateList(rule, "namespaces", "resource rules that are not cluster scoped must supply at least one namespace", "namespaces", path, errors))
        {
            foreach (var (name, index) in rule.Texts("namespaces"))
            {
                ObjectNames.ValidateLabel(name, $"{path}.namespaces[{index}]", errors);
            }
        }
    }

    private static void ValidatePaths(JsonObject rule, string path, FieldErrors errors)
    {
        ValidateVerbs(rule, path, errors);
        if (!ValidateList(rule, "nonResourceURLs", "nonResourceURLs must contain at least one value", "non-resource URLs", path, errors))
        {
            foreach (var (url, index) in rule.Texts("nonResourceURLs"))
            {
                if (UrlProblem(url) is { } problem)
                {
                    errors.Invalid($"{path}.nonResourceURLs[{index}]", url, problem);
                }
            }
        }
    }

    private static void ValidateVerbs(JsonObject rule, string path, FieldErrors errors)
    {
        if (!ValidateList(rule, "verbs", "verbs must contain at least one value", "verbs", path, errors)
            && rule.Texts("verbs").Any(static entry => !Verbs.Contains(entry.Item)))
        {
            errors.NotSupported($"{path}.verbs", string.Join(',', rule.Texts("verbs").Select(static entry => entry.Item)), Verbs);
        }
    }

    /// <returns>Whether the list stands for everything.</returns>
    private static bool ValidateList(JsonObject rule, string field, string missing, string words, string path, FieldErrors errors)
    {
        if (rule.Count(field) == 0)
        {
            errors.Required($"{path}.{field}", missing);
        }

        if (rule.Texts(field).All(static entry => entry.Item != "*"))
        {
            return false;
        }

        if (rule.Count(field) > 1)
        {
            errors.Invalid($"{path}.{field}", rule[field], $"if '*' is present, must not specify other {words}");
        }

        return true;
    }

    private static string? UrlProblem(string url) =>
        url.Length == 0 ? "must not be empty"
        : !url.StartsWith('/') ? "must start with slash"
        : url.Contains(' ', StringComparison.Ordinal) ? "must not contain white-space"
        : url.Contains("//", StringComparison.Ordinal) ? "must not contain double slash"
        : url.IndexOf('*', StringComparison.Ordinal) is >= 0 and var star && (star != url.Length - 1 || url[^2] != '/') ? "wildcard can only do suffix matching"
        : null;
}
