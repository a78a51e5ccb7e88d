using Strata.ContainerInstances.Http;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Groups;

/// <summary>POST start, restart and stop. Status codes are the ones Azure's clients insist on: 202 or 204 for start, 204 for the others.</summary>
internal static class GroupActions
{
    /// <summary>A new deployment with the stored configuration. One that runs already is left alone.</summary>
    public static Task<ArmReply> StartAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        RunAsync(request, services, async record =>
        {
            if (!GroupAccess.HasEnded(record, services))
            {
                return new ArmReply(204);
            }

            var (operation, quota) = await BeginAsync(services, record, OperationKind.Start);
            return operation is null ? quota!
                : new ArmReply(202) { Headers = OperationLinks.Both(request, operation, services.Location) };
        }, cancellationToken);

    /// <summary>New containers for the same group. The pod is replaced, so the address may change and emptyDir volumes start empty.</summary>
    public static Task<ArmReply> RestartAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken) =>
        RunAsync(request, services, async record =>
        {
            if (record.OperationId is { } id && services.State.GetOperation(id) is { Kind: not OperationKind.Stop })
            {
                return ArmErrors.Transitioning(record.Group.Name!);
            }

            var (operation, quota) = await BeginAsync(services, record, OperationKind.Restart);
            return operation is null ? quota!
                : new ArmReply(204) { Headers = OperationLinks.LocationOnly(request, operation, services.Location) };
        }, cancellationToken);

    /// <summary>Ends the containers and keeps the group. Without effect on a group that has run to its end.</summary>
    public static async Task<ArmReply> StopAsync(ArmRequest request, InstanceServices services, CancellationToken cancellationToken)
    {
        string? stopping = null;
        var reply = await RunAsync(request, services, async record =>
        {
            if (record.Desired == DesiredState.Stopped)
            {
                stopping = record.OperationId;
            }
            else if (record.Desired == DesiredState.Running && !GroupAccess.HasEnded(record, services))
            {
                var operation = GroupAccess.NewOperation(services, record, OperationKind.Stop);
                await GroupAccess.CommitAsync(services, record, record with { Desired = DesiredState.Stopped, OperationId = operation.Id, ChangedAt = operation.StartTime }, operation);
                stopping = operation.Id;
            }

            return new ArmReply(204);
        }, cancellationToken);
        if (stopping is not null)
        {
            await WaitAsync(services, stopping, cancellationToken);
        }

        return reply;
    }

    /// <summary>The call is synchronous with Azure. The intent is stored, so giving up waiting loses nothing.</summary>
    private static async Task WaitAsync(InstanceServices services, string operationId, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(services.Options.StopWait, services.Clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            await services.State.WaitForOperationAsync(operationId, both.Token);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            return; // The containers take their time; the stop goes on.
        }
    }

    private static async Task<(OperationRecord? Operation, ArmReply? Quota)> BeginAsync(InstanceServices services, GroupRecord record, OperationKind kind)
    {
        var (reservation, refusal) = services.Quotas.Reserve(record.Id, record.Group);
        using (reservation)
        {
            if (refusal is not null)
            {
                return (null, ArmReply.Error(400, refusal));
            }

            var operation = GroupAccess.NewOperation(services, record, kind);
            await GroupAccess.CommitAsync(services, record, GroupAccess.NextIncarnation(record, operation), operation);
            return (operation, null);
        }
    }

    private static async Task<ArmReply> RunAsync(
        ArmRequest request, InstanceServices services, Func<GroupRecord, Task<ArmReply>> act, CancellationToken cancellationToken)
    {
        if (GroupAccess.CheckScope(request, services) is { } refusal)
        {
            return refusal;
        }

        using (await services.State.LockAsync(request.GroupId, cancellationToken))
        {
            return services.State.Find(request.GroupId) is not { } record ? ArmErrors.ResourceNotFound(request.GroupId)
                : record.Desired == DesiredState.Deleted ? ArmErrors.Transitioning(record.Group.Name!)
                : await act(record);
        }
    }
}
