using Strata.Arm;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Storage;

/// <summary>What is stored together or not at all.</summary>
internal sealed record StateChange
{
    public GroupRecord? Group { get; init; }

    public string? RemovedGroupUid { get; init; }

    public IReadOnlyList<OperationRecord> Operations { get; init; } = [];

    public IReadOnlyList<MeterRun> Runs { get; init; } = [];

    public ResourceGroup? ResourceGroup { get; init; }

    public string? RemovedResourceGroupKey { get; init; }
}
