using Strata.Api.Models;

namespace Strata.Api.Quotas;

/// <summary>What a pod asks for as a whole: max(sum of containers and sidecars, the largest init step) and overhead; amounts of the pod itself replace those of its
/// containers (component-helpers: resource/helpers.go; KEP-753, KEP-2837).</summary>
public static class PodTotals
{
    private static readonly string[] PodLevel = ["cpu", "memory"];

    /// <param name="withOverhead">Whether the overhead of the runtime class counts.</param>
    public static Dictionary<string, Quantity> Requests(PodSpec spec, bool withOverhead = true)
    {
        var total = Sum(spec, static resources => resources.Requests);
        if (withOverhead)
        {
            total.Add(spec.Overhead);
        }

        return total;
    }

    /// <param name="withOverhead">Whether the overhead of the runtime class counts; it adds to limits that are set only.</param>
    public static Dictionary<string, Quantity> Limits(PodSpec spec, bool withOverhead = true)
    {
        var total = Sum(spec, static resources => resources.Limits);
        foreach (var (name, amount) in withOverhead ? spec.Overhead : ResourceRequirements.Empty.Limits)
        {
            if (total.TryGetValue(name, out var limit) && !limit.IsZero)
            {
                total[name] = limit + amount;
            }
        }

        return total;
    }

    private static Dictionary<string, Quantity> Sum(PodSpec spec, Func<ResourceRequirements, IReadOnlyDictionary<string, Quantity>> side)
    {
        var total = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var container in spec.Containers)
        {
            total.Add(side(container.Resources));
        }

        var sidecars = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        var steps = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (var init in spec.InitContainers)
        {
            if (init.RestartPolicy == "Always")
            {
                total.Add(side(init.Resources));
                sidecars.Add(side(init.Resources));
                steps.RaiseTo(sidecars);
            }
            else
            {
                var step = new Dictionary<string, Quantity>(sidecars, StringComparer.Ordinal);
                step.Add(side(init.Resources));
                steps.RaiseTo(step);
            }
        }

        total.RaiseTo(steps);
        if (spec.Resources is { } whole)
        {
            foreach (var (name, amount) in side(whole))
            {
                if (PodLevel.Contains(name) || name.StartsWith("hugepages-", StringComparison.Ordinal))
                {
                    total[name] = amount;
                }
            }
        }

        return total;
    }
}
