namespace Strata.Arm.ContainerGroups;

/// <remarks><see cref="StartTime"/> is set in every state: the azure-aci provider drops a status without it.</remarks>
public sealed record ContainerState
{
    public string State { get; set; } = "";

    public DateTimeOffset? StartTime { get; set; }

    public int? ExitCode { get; set; }

    public DateTimeOffset? FinishTime { get; set; }

    public string DetailStatus { get; set; } = "";
}
