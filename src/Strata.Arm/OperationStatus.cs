using System.Text.Json.Nodes;

namespace Strata.Arm;

/// <summary>What the URL of an <c>Azure-AsyncOperation</c> header answers.</summary>
public sealed record OperationStatus
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    /// <summary><c>Succeeded</c>, <c>Failed</c>, <c>Canceled</c>; any other word means that it is still running.</summary>
    public string Status { get; set; } = "";

    public DateTimeOffset? StartTime { get; set; }

    public DateTimeOffset? EndTime { get; set; }

    public ArmError? Error { get; set; }

    public JsonObject? Properties { get; set; }
}
