using Strata.Api.Models;

namespace Strata.Pods.Resources;

/// <summary>Quality-of-service class of a pod. Source: pkg/apis/core/v1/helper/qos (behaviour).</summary>
public static class QosClass
{
    public const string Guaranteed = "Guaranteed";
    public const string Burstable = "Burstable";
    public const string BestEffort = "BestEffort";

    private static readonly string[] Counted = ["cpu", "memory"];

    /// <summary>The class the API server stored, or the one that follows from the spec.</summary>
    public static string Of(Pod pod) => pod.Status.QosClass.Length > 0 ? pod.Status.QosClass : Compute(pod.Spec);

    public static string Compute(PodSpec spec)
    {
        if (spec.Resources is { } pod && (pod.Limits.Count > 0 || pod.Requests.Count > 0))
        {
            return ClassOf([pod]);
        }

        return ClassOf([.. spec.InitContainers.Concat(spec.Containers).Select(container => container.Resources)]);
    }

    private static string ClassOf(IReadOnlyList<ResourceRequirements> all)
    {
        var isGuaranteed = true;
        var isBestEffort = true;
        foreach (var resources in all)
        {
            foreach (var name in Counted)
            {
                var limit = resources.Limits.GetValueOrDefault(name);
                var request = resources.Requests.TryGetValue(name, out var set) ? set : limit;
                isBestEffort &= limit.IsZero && request.IsZero;
                isGuaranteed &= !limit.IsZero && limit == request;
            }
        }

        return isBestEffort ? BestEffort : isGuaranteed ? Guaranteed : Burstable;
    }
}
