using Strata.Api.Models;

namespace Strata.VirtualNode.Registration;

/// <summary>What the node says it can hold. The default stands for "no limit", in the figures that virtual nodes have always used.</summary>
public sealed record NodeCapacity
{
    public Quantity Cpu { get; init; } = Quantity.FromValue(10_000);

    public Quantity Memory { get; init; } = Quantity.Parse("4Ti");

    public Quantity EphemeralStorage { get; init; } = Quantity.Parse("4Ti");

    public int Pods { get; init; } = 5000;

    internal IReadOnlyDictionary<string, Quantity> ToQuantities() => new SortedDictionary<string, Quantity>(StringComparer.Ordinal)
    {
        ["cpu"] = Cpu,
        ["memory"] = Memory,
        ["ephemeral-storage"] = EphemeralStorage,
        ["pods"] = Quantity.FromValue(Pods),
    };
}
