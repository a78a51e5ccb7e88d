using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Rules of security contexts (core: validation.go validatePodSpecSecurityContext, ValidateSecurityContext).</summary>
internal static class SecurityContextValidation
{
    private const string IdRule = "must be between 0 and 2147483647, inclusive";

    public static void ValidatePod(JsonObject spec, string path, FieldErrors errors)
    {
        if (spec.IsTrue("shareProcessNamespace") && spec.IsTrue("hostPID"))
        {
            errors.Invalid($"{path}.shareProcessNamespace", true, "ShareProcessNamespace and HostPID cannot both be enabled");
        }

        var context = spec.Object("securityContext");
        var contextPath = $"{path}.securityContext";
        ValidateIds(context, contextPath, ["runAsUser", "runAsGroup", "fsGroup"], errors);
        if (context.Array("supplementalGroups") is { } groups)
        {
            for (var index = 0; index < groups.Count; index++)
            {
                if (JsonTree.TryNumber(groups[index], out var group) && group is < 0 or > int.MaxValue)
                {
                    errors.Invalid($"{contextPath}.supplementalGroups[{index}]", group, IdRule);
                }
            }
        }

        if (context.Text("fsGroupChangePolicy") is not (null or "Always" or "OnRootMismatch") and var policy)
        {
            errors.NotSupported($"{contextPath}.fsGroupChangePolicy", policy, "Always", "OnRootMismatch");
        }

        ValidateProfiles(context, contextPath, errors);
        ValidateSysctls(context, $"{contextPath}.sysctls", errors);
    }

    public static void ValidateContainer(JsonObject? context, string path, FieldErrors errors)
    {
        if (context is null)
        {
            return;
        }

        ValidateIds(context, path, ["runAsUser", "runAsGroup"], errors);
        ValidateProfiles(context, path, errors);
        if (context.Text("procMount") is not (null or "Default" or "Unmasked") and var procMount)
        {
            errors.NotSupported($"{path}.procMount", procMount, "Default", "Unmasked");
        }

        if (context.Flag("allowPrivilegeEscalation") != false)
        {
            return;
        }

        if (context.IsTrue("privileged"))
        {
            errors.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true");
        }

        if (context.Object("capabilities").Texts("add").Any(static entry => entry.Item is "CAP_SYS_ADMIN" or "SYS_ADMIN"))
        {
            errors.Invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN");
        }
    }

    private static void ValidateIds(JsonObject? context, string path, ReadOnlySpan<string> fields, FieldErrors errors)
    {
        foreach (var field in fields)
        {
            if (context.Number(field) is < 0 or > int.MaxValue)
            {
                errors.Invalid($"{path}.{field}", context.Number(field), IdRule);
            }
        }
    }

    private static void ValidateProfiles(JsonObject? context, string path, FieldErrors errors)
    {
        foreach (var field in (ReadOnlySpan<string>)["seccompProfile", "appArmorProfile"])
        {
            if (context.Object(field) is not { } profile)
            {
                continue;
            }

            var type = profile.TextOrEmpty("type");
            var local = profile.Text("localhostProfile");
            if (type is not ("Localhost" or "RuntimeDefault" or "Unconfined"))
            {
                errors.NotSupported($"{path}.{field}.type", type, "Localhost", "RuntimeDefault", "Unconfined");
            }
            else if (type == "Localhost" && local is null)
            {
                errors.Required($"{path}.{field}.localhostProfile", $"must be set when {(field == "seccompProfile" ? "seccomp" : "AppArmor")} type is Localhost");
            }
            else if (type != "Localhost" && local is not null)
            {
                errors.Invalid($"{path}.{field}.localhostProfile", local, "can only be set when type is Localhost");
            }
        }
    }

    private static void ValidateSysctls(JsonObject? context, string path, FieldErrors errors)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (sysctl, index) in context.Objects("sysctls"))
        {
            if (sysctl.Text("name") is not { } name)
            {
                errors.Required($"{path}[{index}].name");
            }
            else if (!seen.Add(name))
            {
                errors.Duplicate($"{path}[{index}].name", name);
            }
        }
    }
}
