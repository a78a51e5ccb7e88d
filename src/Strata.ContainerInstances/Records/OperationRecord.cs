using System.Text.Json.Serialization;
using Strata.Arm;

namespace Strata.ContainerInstances.Records;

/// <summary>A long-running operation and its outcome. Kept for a day after its end.</summary>
internal sealed record OperationRecord
{
    public required string Id { get; init; }

    public required string SubscriptionId { get; init; }

    public required string GroupUid { get; init; }

    /// <summary>ARM id of the group.</summary>
    public required string ResourceId { get; init; }

    public required OperationKind Kind { get; init; }

    public required DateTimeOffset StartTime { get; init; }

    public DateTimeOffset? EndTime { get; init; }

    /// <summary>Null on success and while it runs.</summary>
    public ArmError? Error { get; init; }

    [JsonIgnore]
    public string Status => EndTime is null ? "InProgress" : Error is null ? "Succeeded" : Error.Code == ErrorCodes.OperationCanceled ? "Canceled" : "Failed";

    public OperationRecord Ended(DateTimeOffset now, ArmError? error) => EndTime is null ? this with { EndTime = now, Error = error } : this;
}
