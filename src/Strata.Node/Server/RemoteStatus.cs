using System.Text.Json.Nodes;

namespace Strata.NodeAgent.Server;

/// <summary>How a remote command ended, in Kubernetes' form (client-go: tools/remotecommand/v4.go).</summary>
/// <param name="ExitCode">Of the process; null when it could not be run.</param>
/// <param name="Problem">Why it could not be run; null when it ran.</param>
internal sealed record RemoteStatus(int? ExitCode, string? Problem)
{
    public static readonly RemoteStatus Success = new(0, null);

    public bool IsSuccess => ExitCode == 0;

    /// <summary>Plain text for protocols older than v4.</summary>
    public string Text => Problem ?? $"command terminated with non-zero exit code: exit status {ExitCode}";

    public string ToJson() => (this switch
    {
        { ExitCode: 0 } => new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" },
        { Problem: { } problem } => new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Failure", ["message"] = problem, ["reason"] = "InternalError", ["code"] = 500 },
        _ => new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = Text,
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject { ["causes"] = new JsonArray((JsonNode)new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{ExitCode}" }) },
        },
    }).ToJsonString();
}
