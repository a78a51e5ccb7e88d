using System.Collections.Frozen;
using Strata.Api.Errors;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ResourceQuotas;

/// <summary>Names of resources that ranges and quotas may count (core: validation.go validateResourceName; core/helper: standardResources, standardQuotaResources).</summary>
internal static class ResourceNames
{
    private static readonly FrozenSet<string> Compute = FrozenSet.Create(
        StringComparer.Ordinal, "pods", "cpu", "memory", "limits.cpu", "limits.memory", "requests.cpu", "requests.memory");

    private static readonly FrozenSet<string> Objects = FrozenSet.Create(
        StringComparer.Ordinal, "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports",
        "services.loadbalancers");

    private static readonly FrozenSet<string> Standard = FrozenSet.Create(
        StringComparer.Ordinal, "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage", "requests.storage", "storage");

    public static void Validate(string name, string path, FieldErrors errors)
    {
        QualifiedNames.Validate(name, path, errors);
        if (!name.Contains('/', StringComparison.Ordinal) && !IsStandard(name))
        {
            errors.Invalid(path, name, "must be a standard resource type or fully qualified");
        }
    }

    public static void ValidateForQuota(string name, string path, FieldErrors errors)
    {
        Validate(name, path, errors);
        if (name == "storage" || (!name.Contains('/', StringComparison.Ordinal) && !IsStandard(name)))
        {
            errors.Invalid(path, name, "must be a standard resource for quota");
        }
    }

    /// <summary>Whether amounts are whole numbers.</summary>
    public static bool IsCounted(string name) => Objects.Contains(name) || name.StartsWith("count/", StringComparison.Ordinal);

    /// <summary>Whether a quota may count the resource of the pods, or claims, in a scope.</summary>
    public static bool FitsScope(string name, string scope) => scope switch
    {
        "BestEffort" => name == "pods",
        "VolumeAttributesClass" => name is "persistentvolumeclaims" or "requests.storage",
        _ => Compute.Contains(name),
    };

    public static bool IsStandard(string name) =>
        Standard.Contains(name) || Objects.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);
}
