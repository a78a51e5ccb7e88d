using System.Text.Json;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Sessions;

/// <summary>POST containers/{c}/exec and /attach: answer where to connect and with which password.</summary>
internal static class SessionRequests
{
    public static async Task<ArmReply> ExecAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (Check(request, services, out var record, out var container) is { } refusal)
        {
            return refusal;
        }

        if (await request.ReadBodyAsync(cancellationToken) is not { } body)
        {
            return ArmErrors.TooLarge();
        }

        ContainerExecRequest? exec;
        try
        {
            exec = JsonSerializer.Deserialize(body, ArmJson.Default.ContainerExecRequest);
        }
        catch (JsonException e)
        {
            return ArmErrors.Malformed(e.Message);
        }

        var command = exec?.Arguments is { Count: > 0 } arguments ? arguments : ShellWords.Split(exec?.Command ?? "");
        if (command is null || command.Count == 0)
        {
            return ArmReply.Error(400, ErrorCodes.InvalidRequestContent, command is null ? "A quote in the command is not closed." : "The command is empty.", "command");
        }

        // az sends 0 by 0 when it has no terminal to measure.
        var size = exec!.TerminalSize is { Rows: > 0, Cols: > 0 } known ? known : null;
        return Granted(request, services.Sessions.Grant(record!.PodName, container!, command, hasInput: true, exec.Tty ?? true, size));
    }

    public static async Task<ArmReply> AttachAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (Check(request, services, out var record, out var container) is { } refusal)
        {
            return refusal;
        }

        if (await request.ReadBodyAsync(cancellationToken) is not { } body)
        {
            return ArmErrors.TooLarge();
        }

        try
        {
            var hasInput = body.Length > 0 && JsonSerializer.Deserialize(body, ArmJson.Default.ContainerAttachRequest)?.Stdin == true;
            return Granted(request, services.Sessions.Grant(record!.PodName, container!, null, hasInput, false, null));
        }
        catch (JsonException e)
        {
            return ArmErrors.Malformed(e.Message);
        }
    }

    private static ArmReply? Check(ArmRequest request, InstanceServices services, out GroupRecord? record, out string? container)
    {
        (record, container) = (null, null);
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        if (services.Options.Streams is null)
        {
            return ArmReply.Error(400, ErrorCodes.FeatureNotSupported, "Exec and attach are not available: this service was started without streams to its hosts.");
        }

        if (services.State.Find(request.GroupId) is not { } found)
        {
            return ArmErrors.ResourceNotFound(request.GroupId);
        }

        record = found;
        if (GetContainerLogs.FindContainer(found, request.Route("container")) is not { } name)
        {
            return ArmErrors.ContainerNotFound(found.Group.Name!, request.Route("container"));
        }

        container = name;
        var statuses = services.Core.Get(found.PodName)?.Status;
        var status = statuses?.ContainerStatuses.Concat(statuses.InitContainerStatuses).FirstOrDefault(s => s.Name == name);
        return status?.State.Running is null
            ? ArmReply.Error(409, ErrorCodes.ContainerNotRunning, $"The container '{name}' of container group '{found.Group.Name}' is not running.")
            : null;
    }

    private static ArmReply Granted(ArmRequest request, PendingSession session)
    {
        var size = session.Size is { } known ? $"&rows={known.Rows}&cols={known.Cols}" : "";
        var answer = new ContainerExecResponse
        {
            WebSocketUri = $"wss://{request.Context.Request.Host}/execstream/sessionId/{session.Id}?api-version=1.0{size}",
            Password = session.Password,
        };
        return ArmReply.Json(200, answer, ArmJson.Default.ContainerExecResponse);
    }
}
