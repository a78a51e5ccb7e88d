using System.Globalization;
using System.Text.Json.Nodes;

namespace Strata.Kubelet.Commands;

/// <summary>How an exec or attach ended, in the form that clients read (client-go: remotecommand/v4.go).</summary>
/// <param name="Message">Empty on success.</param>
public sealed record CommandEnd(string Message, int? ExitCode)
{
    private const string Prefix = "Internal error occurred: ";

    public static CommandEnd Success { get; } = new("", 0);

    public bool Succeeded => ExitCode == 0;

    public static CommandEnd Exited(int code) =>
        code == 0 ? Success : new(string.Create(CultureInfo.InvariantCulture, $"command terminated with non-zero exit code: exit status {code}"), code);

    /// <summary>It could not be run, or its end is unknown.</summary>
    public static CommandEnd Failed(string problem) => new(problem.StartsWith(Prefix, StringComparison.Ordinal) ? problem : Prefix + problem, null);

    internal string ToStatusJson()
    {
        var status = new JsonObject { ["metadata"] = new JsonObject(), ["status"] = Succeeded ? "Success" : "Failure" };
        if (!Succeeded)
        {
            status["message"] = Message;
            status["reason"] = ExitCode is null ? "InternalError" : "NonZeroExitCode";
            status["details"] = new JsonObject { ["causes"] = new JsonArray(Cause()) };
            if (ExitCode is null)
            {
                status["code"] = 500;
            }
        }

        return status.ToJsonString();
    }

    private JsonObject Cause() => ExitCode is { } code
        ? new JsonObject { ["reason"] = "ExitCode", ["message"] = code.ToString(CultureInfo.InvariantCulture) }
        : new JsonObject { ["message"] = Message };
}
