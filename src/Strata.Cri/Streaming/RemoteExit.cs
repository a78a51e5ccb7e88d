using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Cri.Streaming;

/// <summary>How a remote command ended: the <c>Status</c> that v4 of Kubernetes' remote command protocol sends on its error
/// stream (apimachinery <c>remotecommand</c> constants).</summary>
/// <param name="ExitCode">Of the process; null when it could not be run or its end is unknown.</param>
/// <param name="Message">Empty on success.</param>
/// <param name="StatusJson">As received, for passing on to the next client.</param>
public sealed record RemoteExit(int? ExitCode, string Message, string StatusJson)
{
    public bool Succeeded => ExitCode == 0;

    internal static RemoteExit Parse(string statusJson)
    {
        JsonNode? status;
        try
        {
            status = JsonNode.Parse(statusJson);
        }
        catch (JsonException)
        {
            return new RemoteExit(null, statusJson.Trim(), statusJson); // Plain text, as before v4.
        }
        if ((string?)status?["status"] == "Success")
        {
            return new RemoteExit(0, "", statusJson);
        }
        var code = (string?)status?["reason"] == "NonZeroExitCode" ? ExitCodeOf(status["details"]?["causes"]?.AsArray()) : null;
        return new RemoteExit(code, (string?)status?["message"] ?? "the command failed", statusJson);
    }

    private static int? ExitCodeOf(JsonArray? causes)
    {
        foreach (var cause in causes ?? [])
        {
            if ((string?)cause?["reason"] == "ExitCode"
                && int.TryParse((string?)cause["message"], NumberStyles.Integer, CultureInfo.InvariantCulture, out var code))
            {
                return code;
            }
        }
        return null;
    }
}
