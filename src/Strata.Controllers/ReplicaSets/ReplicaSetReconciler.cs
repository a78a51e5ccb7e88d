using System.Runtime.ExceptionServices;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.ReplicaSets;

/// <summary>Keeps the pods owned by a ReplicaSet at <c>spec.replicas</c>, adopting and releasing pods as their labels say.</summary>
internal sealed class ReplicaSetReconciler(
    IKubeClient client, ILister<ReplicaSet> replicaSets, ILister<Pod> pods, ILister<Node> nodes, Expectations expectations, IEventRecorder events, TimeProvider clock) : IReconciler
{
    public const string OwnerIndex = "owner";
    public const string OrphanIndex = "orphan";

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (replicaSets.Get(key) is not { } replicaSet)
        {
            expectations.Forget(key);
            return ReconcileResult.Settled; // Gone: the garbage collector owns the pods now.
        }

        var owned = await ClaimAsync(replicaSet, cancellationToken);
        var plan = ReplicaSetPlan.Compute(replicaSet, owned, Related(replicaSet, owned), IsVirtual, clock.GetUtcNow());
        var failure = expectations.AreMet(key) ? await ScaleAsync(replicaSet, plan, cancellationToken) : null;
        await WriteStatusAsync(replicaSet, ReplicaFailure.Note(plan.Status, plan.CreateCount > 0, failure, clock.GetUtcNow()), cancellationToken);
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure); // The status tells users; the loop tries again.
        }

        return ReconcileResult.RecheckAfter(plan.NextReadyCheck);
    }

    private async Task<ApiException?> ScaleAsync(ReplicaSet replicaSet, ReplicaSetPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            await DeleteAsync(replicaSet, plan.Surplus, cancellationToken);
            await CreateAsync(replicaSet, plan.CreateCount, cancellationToken);
            return null;
        }
        catch (ApiException error)
        {
            return error;
        }
    }

    private IReadOnlyList<Pod> Related(ReplicaSet replicaSet, IReadOnlyList<Pod> owned) =>
        replicaSet.Metadata.Controller() is not { } owner
            ? owned
            : [.. replicaSets.List(replicaSet.Metadata.Namespace)
                .Where(other => other.Metadata.Controller()?.Uid == owner.Uid)
                .SelectMany(other => other.Metadata.Uid == replicaSet.Metadata.Uid ? owned : pods.ByIndex(OwnerIndex, other.Metadata.Uid))];

    private bool IsVirtual(string nodeName) =>
        nodes.Get(new ObjectKey("", nodeName)) is { } node && node.Metadata.Labels.TryGetValue("type", out var type) && type == "virtual-kubelet";

    private async Task<IReadOnlyList<Pod>> ClaimAsync(ReplicaSet replicaSet, CancellationToken cancellationToken)
    {
        var owned = new List<Pod>();
        foreach (var pod in pods.ByIndex(OwnerIndex, replicaSet.Metadata.Uid))
        {
            if (replicaSet.Spec.Selector?.Matches(pod.Metadata.Labels) == true || replicaSet.IsDeleting())
            {
                owned.Add(pod);
            }
            else
            {
                var release = $$$"""{"metadata":{"uid":"{{{pod.Metadata.Uid}}}","ownerReferences":[{"$patch":"delete","uid":"{{{replicaSet.Metadata.Uid}}}"}]}}""";
                await client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Strategic(release), null, cancellationToken);
            }
        }

        if (replicaSet.IsDeleting())
        {
            return owned;
        }

        var orphans = pods.ByIndex(OrphanIndex, replicaSet.Metadata.Namespace).Where(orphan => orphan.IsActive() && replicaSet.Spec.Selector?.Matches(orphan.Metadata.Labels) == true).ToList();
        if (orphans.Count > 0 && await MayAdoptAsync(replicaSet, cancellationToken))
        {
            foreach (var orphan in orphans)
            {
                owned.Add(await AdoptAsync(replicaSet, orphan, cancellationToken));
            }
        }

        return owned;
    }

    // The lister may be behind: an owner that is being deleted, perhaps to leave its pods behind, must not take them again.
    private async Task<bool> MayAdoptAsync(ReplicaSet replicaSet, CancellationToken cancellationToken) =>
        await client.FindAsync<ReplicaSet>(replicaSet.Metadata.Namespace, replicaSet.Metadata.Name, cancellationToken) is { } latest
        && latest.Metadata.Uid == replicaSet.Metadata.Uid
        && !latest.IsDeleting();

    private Task<Pod> AdoptAsync(ReplicaSet replicaSet, Pod orphan, CancellationToken cancellationToken)
    {
        var reference = System.Text.Encoding.UTF8.GetString(ModelJson.Serialize(replicaSet.ToControllerReference()));
        var adopt = $$$"""{"metadata":{"uid":"{{{orphan.Metadata.Uid}}}","ownerReferences":[{{{reference}}}]}}""";
        return client.PatchAsync<Pod>(orphan.Metadata.Namespace, orphan.Metadata.Name, Patch.Strategic(adopt), null, cancellationToken);
    }

    private async Task DeleteAsync(ReplicaSet replicaSet, IReadOnlyList<Pod> surplus, CancellationToken cancellationToken)
    {
        var calls = new Task[surplus.Count];
        for (var index = 0; index < calls.Length; index++)
        {
            expectations.ExpectDeletion(replicaSet.Key(), surplus[index].Metadata.Uid);
            calls[index] = DeleteOneAsync(replicaSet, surplus[index], cancellationToken);
        }

        await Task.WhenAll(calls);
    }

    private async Task DeleteOneAsync(ReplicaSet replicaSet, Pod pod, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            isDone = await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(Uid: pod.Metadata.Uid), cancellationToken);
            if (isDone)
            {
                events.Record(replicaSet, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            }
        }
        catch (ApiException error) when (error.IsConflict)
        {
            // Another pod has the name by now, so this one is gone.
        }
        catch (ApiException error)
        {
            events.Record(replicaSet, "Warning", "FailedDelete", $"Error deleting: {error.Message}");
            throw;
        }
        finally
        {
            if (!isDone)
            {
                expectations.DeletionSettled(replicaSet.Key(), pod.Metadata.Uid); // Its going may have been seen before it was expected.
            }
        }
    }

    // Slow start as upstream: 1, 2, 4, 8 at a time, so that a template which the API refuses costs one call and not hundreds.
    private async Task CreateAsync(ReplicaSet replicaSet, int count, CancellationToken cancellationToken)
    {
        var key = replicaSet.Key();
        var batch = 1;
        while (count > 0)
        {
            batch = Math.Min(batch, count);
            expectations.ExpectCreations(key, batch);
            var calls = new Task[batch];
            for (var index = 0; index < batch; index++)
            {
                calls[index] = CreateOneAsync(replicaSet, cancellationToken);
            }

            await Task.WhenAll(calls);
            count -= batch;
            batch *= 2;
        }
    }

    private async Task CreateOneAsync(ReplicaSet replicaSet, CancellationToken cancellationToken)
    {
        var template = replicaSet.Spec.Template;
        var pod = new Pod
        {
            Metadata = new ObjectMeta
            {
                GenerateName = replicaSet.Metadata.Name + "-",
                Namespace = replicaSet.Metadata.Namespace,
                Labels = template.Metadata.Labels,
                Annotations = template.Metadata.Annotations,
                Finalizers = template.Metadata.Finalizers,
                OwnerReferences = [replicaSet.ToControllerReference()],
            },
            Spec = template.Spec,
        };
        var isDone = false;
        try
        {
            var created = await client.CreateAsync(pod, cancellationToken);
            isDone = true;
            events.Record(replicaSet, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
        }
        catch (ApiException error) when (!error.Status.Causes.Any(static cause => cause.Reason == "NamespaceTerminating"))
        {
            events.Record(replicaSet, "Warning", "FailedCreate", $"Error creating: {error.Message}");
            throw;
        }
        finally
        {
            if (!isDone)
            {
                expectations.CreationSettled(replicaSet.Key());
            }
        }
    }

    private async Task WriteStatusAsync(ReplicaSet replicaSet, ReplicaSetStatus status, CancellationToken cancellationToken)
    {
        if (!ModelJson.ContentEquals(status, replicaSet.Status))
        {
            await client.UpdateAsync(replicaSet with { Status = status }, "status", cancellationToken);
        }
    }
}
