using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>A pod's quality of service class, from its CPU and memory (core/helper/qos: ComputePodQOS).</summary>
internal static class PodQos
{
    private static readonly string[] Counted = ["cpu", "memory"];

    public static string Compute(JsonObject? spec)
    {
        // Resources of the pod as a whole, where given, speak for its containers.
        if (spec.Object("resources") is { Count: > 0 } whole)
        {
            return Classify([whole]);
        }

        return Classify([.. Resources(spec, "containers"), .. Resources(spec, "initContainers")]);
    }

    private static IEnumerable<JsonObject?> Resources(JsonObject? spec, string list) => spec.Objects(list).Select(static entry => entry.Item.Object("resources"));

    private static string Classify(IReadOnlyList<JsonObject?> parts)
    {
        var hasAny = false;
        var isGuaranteed = true;
        foreach (var part in parts)
        {
            foreach (var resource in Counted)
            {
                var request = Positive(part.Object("requests"), resource);
                var limit = Positive(part.Object("limits"), resource);
                hasAny |= request is not null || limit is not null;
                isGuaranteed &= limit is not null && (request ?? limit) == limit;
            }
        }

        return !hasAny ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable";
    }

    private static Quantity? Positive(JsonObject? list, string resource) => list.Read(resource) is { IsZero: false } quantity ? quantity : null;
}
