using Strata.Api.Models;

namespace Strata.Api.Quotas;

/// <summary>Which pods and claims a quota with scopes is about (pkg/quota/v1/evaluator/core: podMatchesScopeFunc, pvcMatchesScopeFunc).</summary>
internal static class QuotaScopes
{
    /// <summary>All that a quota demands: the scopes, and the selector.</summary>
    public static IEnumerable<ScopedResourceSelectorRequirement> Of(ResourceQuotaSpec quota)
    {
        foreach (var scope in quota.Scopes)
        {
            yield return new ScopedResourceSelectorRequirement { ScopeName = scope, Operator = "Exists" };
        }

        foreach (var requirement in quota.ScopeSelector?.MatchExpressions ?? [])
        {
            yield return requirement;
        }
    }

    public static bool Matches(ScopedResourceSelectorRequirement scope, Pod pod) => scope.ScopeName switch
    {
        "Terminating" => pod.Spec.ActiveDeadlineSeconds >= 0,
        "NotTerminating" => pod.Spec.ActiveDeadlineSeconds is null or < 0,
        "BestEffort" => IsBestEffort(pod.Spec),
        "NotBestEffort" => !IsBestEffort(pod.Spec),
        "PriorityClass" => Matches(scope, pod.Spec.PriorityClassName is { Length: > 0 } name ? [name] : []),
        "CrossNamespacePodAffinity" => LooksAcrossNamespaces(pod.Spec.Affinity),
        _ => false,
    };

    public static bool Matches(ScopedResourceSelectorRequirement scope, PersistentVolumeClaim claim)
    {
        if (scope.ScopeName != "VolumeAttributesClass")
        {
            return false;
        }

        string?[] names = [claim.Spec.VolumeAttributesClassName, claim.Status.CurrentVolumeAttributesClassName, claim.Status.ModifyVolumeStatus?.TargetVolumeAttributesClassName];
        return Matches(scope, [.. names.OfType<string>().Where(static name => name.Length > 0)]);
    }

    private static bool Matches(ScopedResourceSelectorRequirement scope, IReadOnlyList<string> names) => scope.Operator switch
    {
        "In" => names.Any(scope.Values.Contains),
        "NotIn" => !names.Any(scope.Values.Contains),
        "Exists" => names.Count > 0,
        "DoesNotExist" => names.Count == 0,
        _ => false,
    };

    private static bool IsBestEffort(PodSpec spec)
    {
        // An entry of zero says nothing (core/v1/helper/qos).
        static bool AsksNothing(ResourceRequirements resources) =>
            !resources.Requests.Concat(resources.Limits).Any(static entry => entry.Key is "cpu" or "memory" && !entry.Value.IsZero);

        return (spec.Resources is null || AsksNothing(spec.Resources)) && spec.Containers.Concat(spec.InitContainers).All(static container => AsksNothing(container.Resources));
    }

    private static bool LooksAcrossNamespaces(Affinity? affinity)
    {
        static bool Looks(PodAffinityTerm term) => term.Namespaces.Count > 0 || term.NamespaceSelector is not null;

        return affinity is not null
            && ((affinity.PodAffinity is { } near && (near.RequiredDuringSchedulingIgnoredDuringExecution.Any(Looks) || near.PreferredDuringSchedulingIgnoredDuringExecution.Any(static term => Looks(term.PodAffinityTerm))))
                || (affinity.PodAntiAffinity is { } far && (far.RequiredDuringSchedulingIgnoredDuringExecution.Any(Looks) || far.PreferredDuringSchedulingIgnoredDuringExecution.Any(static term => Looks(term.PodAffinityTerm)))));
    }
}
