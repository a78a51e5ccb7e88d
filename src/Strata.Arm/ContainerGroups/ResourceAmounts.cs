using System.Text.Json.Nodes;

namespace Strata.Arm.ContainerGroups;

public sealed record ResourceAmounts
{
    public double? Cpu { get; set; }

    public double? MemoryInGB { get; set; }

    public JsonObject? Gpu { get; set; }
}
