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
        var plan = ReplicaSetPlan.Compute(replicaSet, owned, IsVirtual, clock.GetUtcNow());
        if (expectations.AreMet(key))
        {
            await DeleteAsync(replicaSet, plan.Surplus, cancellationToken);
            await CreateAsync(replicaSet, plan.CreateCount, cancellationToken);
        }

        await WriteStatusAsync(replicaSet, plan.Status, cancellationToken);
        return ReconcileResult.RecheckAfter(plan.NextReadyCheck);
    }

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

        foreach (var orphan in replicaSet.IsDeleting() ? [] : pods.ByIndex(OrphanIndex, replicaSet.Metadata.Namespace))
        {
            if (orphan.IsActive() && replicaSet.Spec.Selector?.Matches(orphan.Metadata.Labels) == true)
            {
                owned.Add(await AdoptAsync(replicaSet, orphan, cancellationToken));
            }
        }

        return owned;
    }

    private Task<Pod> AdoptAsync(ReplicaSet replicaSet, Pod orphan, CancellationToken cancellationToken)
    {
        var reference = System.Text.Encoding.UTF8.GetString(ModelJson.Serialize(replicaSet.ToControllerReference()));
        var adopt = $$$"""{"metadata":{"uid":"{{{orphan.Metadata.Uid}}}","ownerReferences":[{{{reference}}}]}}""";
        return client.PatchAsync<Pod>(orphan.Metadata.Namespace, orphan.Metadata.Name, Patch.Strategic(adopt), null, cancellationToken);
    }

    private async Task DeleteAsync(ReplicaSet replicaSet, IReadOnlyList<Pod> surplus, CancellationToken cancellationToken)
    {
        var key = replicaSet.Key();
        foreach (var pod in surplus)
        {
            expectations.ExpectDeletion(key, pod.Metadata.Uid);
            try
            {
                await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(Uid: pod.Metadata.Uid), cancellationToken);
                events.Record(replicaSet, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}");
            }
            catch (ApiException)
            {
                expectations.DeletionSettled(key, pod.Metadata.Uid);
                throw;
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
        try
        {
            var created = await client.CreateAsync(pod, cancellationToken);
            events.Record(replicaSet, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}");
        }
        catch (ApiException error)
        {
            expectations.CreationSettled(replicaSet.Key());
            events.Record(replicaSet, "Warning", "FailedCreate", $"Error creating: {error.Message}");
            throw;
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
