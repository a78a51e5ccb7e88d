using Strata.Api.Models;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Translation;

/// <summary>What a group requests: the sum over its containers, which is what is allocated and billed.</summary>
internal readonly record struct GroupResources(double Cpu, double MemoryInGB)
{
    // ACI does not say whether its GB is 10⁹ or 2³⁰ bytes. The larger one never gives a container less than its owner meant.
    private const double BytesPerGB = 1024d * 1024 * 1024;

    public static GroupResources Of(ContainerGroup group)
    {
        var requests = group.Properties!.Containers!.Select(c => c.Properties?.Resources?.Requests).OfType<ResourceAmounts>().ToArray();
        return new GroupResources(requests.Sum(r => r.Cpu ?? 0), requests.Sum(r => r.MemoryInGB ?? 0));
    }

    public IReadOnlyDictionary<string, Quantity> ToQuantities() => new SortedDictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Quantity.FromMilli((long)Math.Ceiling(Math.Round(Cpu * 1000, 6))),
        ["memory"] = Quantity.FromBytes((long)Math.Ceiling(Math.Round(MemoryInGB * BytesPerGB, 3))),
    };
}
