using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Rbac;

/// <summary>Rules of bindings (pkg/apis/rbac/validation/validation.go). What a binding refers to never changes: who could change it could hand out other permissions
/// than those that were checked when it was made.</summary>
internal static class BindingValidation
{
    public static void Default(JsonObject binding)
    {
        binding.Object("roleRef")?.DefaultText("apiGroup", RbacGroup.Name);
        foreach (var (subject, _) in binding.Objects("subjects"))
        {
            if (subject.Text("kind") is "User" or "Group")
            {
                subject.DefaultText("apiGroup", RbacGroup.Name);
            }
        }
    }

    /// <param name="isNamespaced">Whether the binding is of one namespace and may refer to a Role.</param>
    public static void Validate(JsonObject binding, bool isNamespaced, FieldErrors errors)
    {
        ValidateRole(binding.Object("roleRef"), isNamespaced, errors);
        foreach (var (subject, index) in binding.Objects("subjects"))
        {
            ValidateSubject(subject, isNamespaced, $"subjects[{index}]", errors);
        }
    }

    public static void ValidateUpdate(JsonObject binding, JsonObject old, FieldErrors errors)
    {
        if (!JsonSemantics.AreEqual(binding["roleRef"], old["roleRef"]))
        {
            errors.Invalid("roleRef", binding["roleRef"], "cannot change roleRef");
        }
    }

    private static void ValidateRole(JsonObject? role, bool isNamespaced, FieldErrors errors)
    {
        if (role.TextOrEmpty("apiGroup") is not RbacGroup.Name and var group)
        {
            errors.NotSupported("roleRef.apiGroup", group, RbacGroup.Name);
        }

        var kind = role.TextOrEmpty("kind");
        if (isNamespaced && kind is not ("Role" or "ClusterRole"))
        {
            errors.NotSupported("roleRef.kind", kind, "Role", "ClusterRole");
        }
        else if (!isNamespaced && kind != "ClusterRole")
        {
            errors.NotSupported("roleRef.kind", kind, "ClusterRole");
        }

        if (role.Text("name") is { } name)
        {
            ObjectNames.ValidatePathSegment(name, "roleRef.name", errors);
        }
        else
        {
            errors.Required("roleRef.name");
        }
    }

    private static void ValidateSubject(JsonObject subject, bool isNamespaced, string path, FieldErrors errors)
    {
        var name = subject.TextOrEmpty("name");
        var group = subject.TextOrEmpty("apiGroup");
        if (name.Length == 0)
        {
            errors.Required($"{path}.name");
        }

        switch (subject.TextOrEmpty("kind"))
        {
            case "ServiceAccount":
                if (name.Length > 0)
                {
                    ObjectNames.ValidateSubdomain(name, $"{path}.name", errors);
                }

                if (group.Length > 0)
                {
                    errors.NotSupported($"{path}.apiGroup", group, "");
                }

                if (!isNamespaced && subject.Text("namespace") is null)
                {
                    errors.Required($"{path}.namespace");
                }

                break;
            case "User" or "Group":
                if (group != RbacGroup.Name)
                {
                    errors.NotSupported($"{path}.apiGroup", group, RbacGroup.Name);
                }

                break;
            case var kind:
                errors.NotSupported($"{path}.kind", kind, "Group", "ServiceAccount", "User");
                break;
        }
    }
}
