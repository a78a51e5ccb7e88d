using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Arm;
using Strata.ContainerInstances.Groups;
using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Locations;

/// <summary>The two URLs at which a long-running operation is followed.</summary>
internal static class OperationRequests
{
    /// <summary>Where <c>Azure-AsyncOperation</c> points: always 200, the state is in the body.</summary>
    public static Task<ArmReply> StatusAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (Find(request, services, out var refusal) is not { } operation)
        {
            return Task.FromResult(refusal!);
        }

        var status = new OperationStatus
        {
            Id = operation.ResourceId,
            Name = operation.Id,
            Status = operation.Status,
            StartTime = operation.StartTime,
            EndTime = operation.EndTime,
            Error = operation.Error,
            Properties = new JsonObject { ["events"] = Events(operation, services) },
        };
        return Task.FromResult(ArmReply.Json(200, status, ArmJson.Default.OperationStatus) with
        {
            Headers = operation.EndTime is null ? OperationLinks.Retry() : new Dictionary<string, string>(),
        });
    }

    /// <summary>Where <c>Location</c> points: 202 while it runs, then the result or the error.</summary>
    public static Task<ArmReply> ResultAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        if (Find(request, services, out var refusal) is not { } operation)
        {
            return Task.FromResult(refusal!);
        }

        if (operation.EndTime is null)
        {
            return Task.FromResult(new ArmReply(202)
            {
                Headers = new Dictionary<string, string>(OperationLinks.Retry()) { ["Location"] = $"{request.BaseUrl}{request.Context.Request.Path}{request.Context.Request.QueryString}" },
            });
        }

        if (operation.Error is { } error)
        {
            // 409 for a missing host, as ACI answers it at once; the other failures lie in the request.
            return Task.FromResult(ArmReply.Error(error.Code is ErrorCodes.ServiceUnavailable or ErrorCodes.OperationCanceled ? 409 : 400, error));
        }

        return Task.FromResult(operation.Kind != OperationKind.Delete && services.State.Get(operation.GroupUid) is { } record
            ? ArmReply.Json(200, GroupAccess.View(record, services, withInstanceView: true), ArmJson.Default.ContainerGroup)
            : new ArmReply(204));
    }

    private static OperationRecord? Find(ArmRequest request, InstanceServices services, out ArmReply? refusal)
    {
        refusal = GroupAccess.CheckScope(request, services);
        if (refusal is not null)
        {
            return null;
        }

        var operation = services.State.GetOperation(request.Route("operation"));
        refusal = operation is null
            ? ArmReply.Error(404, ErrorCodes.OperationNotFound, $"The operation '{request.Route("operation")}' was not found. Operations are kept for a day.")
            : null;
        return operation;
    }

    private static JsonArray Events(OperationRecord operation, InstanceServices services)
    {
        var events = new JsonArray();
        if (services.State.Get(operation.GroupUid) is { } record)
        {
            var view = GroupAccess.View(record, services, withInstanceView: true).Properties!;
            var all = view.InstanceView!.Events.Concat(view.InitContainers!.Concat(view.Containers!).SelectMany(c => c.Properties!.InstanceView!.Events));
            foreach (var one in all.OrderBy(e => e.LastTimestamp))
            {
                events.Add(JsonSerializer.SerializeToNode(one, ArmJson.Default.ContainerEvent));
            }
        }

        return events;
    }
}
