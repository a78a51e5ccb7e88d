using System.Globalization;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Groups;

/// <summary>GET containers/{c}/logs (Containers_ListLogs): up to 4 MB while the pod is there, the last 16 KB once it was stopped.</summary>
internal static class GetContainerLogs
{
    private const int LimitBytes = 4 * 1024 * 1024;

    public static async Task<ArmReply> HandleAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        if (services.State.Find(request.GroupId) is not { } record)
        {
            return ArmErrors.ResourceNotFound(request.GroupId);
        }

        var container = FindContainer(record, request.Route("container"));
        if (container is null)
        {
            return ArmErrors.ContainerNotFound(record.Group.Name!, request.Route("container"));
        }

        var (tail, timestamps, problem) = ReadQuery(request);
        if (problem is not null)
        {
            return problem;
        }

        var live = services.Core.Get(record.PodName) is null
            ? null
            : await services.Core.ReadLogsAsync(record.PodName, container, tail, timestamps, LimitBytes, cancellationToken);
        var content = live ?? Tail(record.LastLogs?.GetValueOrDefault(container) ?? "", tail);
        return ArmReply.Json(200, new ContainerLogs { Content = content }, ArmJson.Default.ContainerLogs);
    }

    public static string? FindContainer(GroupRecord record, string name) =>
        record.Group.Properties!.Containers!.Concat(record.Group.Properties.InitContainers!)
            .FirstOrDefault(c => string.Equals(c.Name, name, StringComparison.OrdinalIgnoreCase))?.Name;

    private static (int? Tail, bool Timestamps, ArmReply? Problem) ReadQuery(ArmRequest request)
    {
        int? tail = null;
        if (request.Query("tail") is { Length: > 0 } tailText)
        {
            if (!int.TryParse(tailText, NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
            {
                return (null, false, ArmReply.Error(400, ErrorCodes.InvalidRequestContent, $"'{tailText}' is not a number of lines.", "tail"));
            }

            tail = lines;
        }

        var timestamps = false;
        if (request.Query("timestamps") is { Length: > 0 } text && !bool.TryParse(text, out timestamps))
        {
            return (null, false, ArmReply.Error(400, ErrorCodes.InvalidRequestContent, $"'{text}' is neither true nor false.", "timestamps"));
        }

        return (tail, timestamps, null);
    }

    private static string Tail(string text, int? lines)
    {
        if (lines is null or < 1 || text.Length == 0)
        {
            return lines is null ? text : "";
        }

        var start = text.EndsWith('\n') ? text.Length - 1 : text.Length;
        for (var count = 0; count < lines; count++)
        {
            start = start <= 0 ? -1 : text.LastIndexOf('\n', start - 1);
            if (start < 0)
            {
                return text;
            }
        }

        return text[(start + 1)..];
    }
}
