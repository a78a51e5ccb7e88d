using System.Globalization;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Events;
using Strata.Client.Informers;
using Strata.Controllers.ReplicaSets;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Deployments;

/// <summary>Moves a Deployment from one version of its template to the next, within the bounds of its strategy.</summary>
internal sealed class DeploymentReconciler(
    IKubeClient client, ILister<Deployment> deployments, ILister<ReplicaSet> replicaSets, ILister<Pod> pods, IEventRecorder events, TimeProvider clock) : IReconciler
{
    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (deployments.Get(key) is not { } deployment || deployment.IsDeleting())
        {
            return ReconcileResult.Settled;
        }

        var all = await ClaimAsync(deployment, cancellationToken);
        var current = all.FirstOrDefault(set => DeploymentNames.SameTemplate(set.Spec.Template, deployment.Spec.Template));
        string? newReason = null;
        if (current is null && !deployment.Spec.Paused)
        {
            current = await CreateAsync(deployment, all, cancellationToken);
            all = [.. all, current];
            newReason = "NewReplicaSetCreated";
        }
        else if (current is not null)
        {
            newReason = deployment.Status.Conditions.Any(condition => condition.Type == "Progressing") ? null : "FoundNewReplicaSet";
            var annotated = await AnnotateAsync(deployment, current, all, cancellationToken);
            all = [.. all.Select(set => ReferenceEquals(set, current) ? annotated : set)];
            current = annotated;
        }

        deployment = await NoteRevisionAsync(deployment, current, cancellationToken);
        var old = all.Where(set => set.Metadata.Uid != current?.Metadata.Uid).OrderBy(set => set.Metadata.CreationTimestamp).ThenBy(set => DeploymentNames.RevisionOf(set.Metadata)).ToList();
        await ResizeAsync(deployment, current, old, cancellationToken);
        var status = DeploymentStatusPlan.Compute(deployment, current, all, newReason, clock.GetUtcNow(), out var nextCheck);
        if (DeploymentStatusPlan.IsComplete(deployment, status))
        {
            await CleanUpAsync(deployment, old, cancellationToken);
        }

        await WriteStatusAsync(deployment, status, cancellationToken);
        return ReconcileResult.RecheckAfter(nextCheck);
    }

    private async Task<IReadOnlyList<ReplicaSet>> ClaimAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        var owned = new List<ReplicaSet>();
        foreach (var set in replicaSets.List(deployment.Metadata.Namespace))
        {
            var owner = set.Metadata.Controller();
            if (owner?.Uid == deployment.Metadata.Uid)
            {
                if (deployment.Spec.Selector?.Matches(set.Metadata.Labels) == true)
                {
                    owned.Add(set);
                }
                else
                {
                    var released = set with { Metadata = set.Metadata with { OwnerReferences = [.. set.Metadata.OwnerReferences.Where(reference => reference.Uid != owner.Uid)] } };
                    await client.UpdateAsync(released, null, cancellationToken);
                }
            }
            else if (owner is null && !set.IsDeleting() && deployment.Spec.Selector?.Matches(set.Metadata.Labels) == true && await MayAdoptAsync(deployment, cancellationToken))
            {
                var adopted = set with { Metadata = set.Metadata with { OwnerReferences = [.. set.Metadata.OwnerReferences, deployment.ToControllerReference()] } };
                owned.Add(await client.UpdateAsync(adopted, null, cancellationToken));
            }
        }

        return [.. owned.OrderBy(set => set.Metadata.CreationTimestamp).ThenBy(set => set.Metadata.Name, StringComparer.Ordinal)];
    }

    // The lister may be behind: an owner that is being deleted, perhaps to leave its ReplicaSets behind, must not take them again.
    private async Task<bool> MayAdoptAsync(Deployment deployment, CancellationToken cancellationToken) =>
        await client.FindAsync<Deployment>(deployment.Metadata.Namespace, deployment.Metadata.Name, cancellationToken) is { } latest
        && latest.Metadata.Uid == deployment.Metadata.Uid
        && !latest.IsDeleting();

    private async Task<ReplicaSet> CreateAsync(Deployment deployment, IReadOnlyList<ReplicaSet> old, CancellationToken cancellationToken)
    {
        var hash = DeploymentNames.Hash(deployment.Spec.Template, deployment.Status.CollisionCount);
        var template = deployment.Spec.Template;
        var labels = new Dictionary<string, string>(template.Metadata.Labels) { [DeploymentNames.HashLabel] = hash };
        var selector = deployment.Spec.Selector ?? LabelSelector.Empty;
        var revision = old.Select(set => DeploymentNames.RevisionOf(set.Metadata)).DefaultIfEmpty().Max() + 1;
        var desired = new ReplicaSet
        {
            Metadata = new ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                Namespace = deployment.Metadata.Namespace,
                Labels = labels,
                Annotations = Annotations(deployment, DeploymentNames.Inherited(deployment.Metadata), revision),
                OwnerReferences = [deployment.ToControllerReference()],
            },
            Spec = new ReplicaSetSpec
            {
                Replicas = Math.Max(0, FirstSize(deployment, old)),
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = selector with { MatchLabels = new Dictionary<string, string>(selector.MatchLabels) { [DeploymentNames.HashLabel] = hash } },
                Template = template with { Metadata = template.Metadata with { Labels = labels } },
            },
        };
        try
        {
            var created = await client.CreateAsync(desired, cancellationToken);
            if (created.Spec.Replicas > 0)
            {
                events.Record(deployment, "Normal", "ScalingReplicaSet", $"Scaled up replica set {created.Metadata.Name} from 0 to {created.Spec.Replicas}");
            }

            return created;
        }
        catch (ApiException error) when (error.IsAlreadyExists)
        {
            return await ResolveNameAsync(deployment, desired, error, cancellationToken);
        }
        catch (ApiException error) when (error.Status.Code is >= 400 and < 500 && deployment.Spec.ProgressDeadlineSeconds is not null)
        {
            await WriteStatusAsync(deployment, DeploymentStatusPlan.WithCreateError(deployment, desired.Metadata.Name, error.Message, clock.GetUtcNow()), cancellationToken);
            throw;
        }
    }

    // The name is taken: by ourselves, when the lister is behind, or by another template with the same hash; then the next look uses another hash.
    private async Task<ReplicaSet> ResolveNameAsync(Deployment deployment, ReplicaSet desired, ApiException taken, CancellationToken cancellationToken)
    {
        var existing = await client.GetAsync<ReplicaSet>(desired.Metadata.Namespace, desired.Metadata.Name, cancellationToken);
        if (existing.Metadata.Controller()?.Uid == deployment.Metadata.Uid && DeploymentNames.SameTemplate(existing.Spec.Template, deployment.Spec.Template))
        {
            return existing;
        }

        var status = deployment.Status with { CollisionCount = (deployment.Status.CollisionCount ?? 0) + 1 };
        await client.UpdateAsync(deployment with { Status = status }, "status", cancellationToken);
        throw taken;
    }

    // Recreate starts at 0 and grows when the last old pod is gone.
    private static int FirstSize(Deployment deployment, IReadOnlyList<ReplicaSet> old)
    {
        var bounds = RollingBounds.Of(deployment);
        return deployment.Spec.Strategy.Type == "Recreate" ? 0 : Math.Min(bounds.Replicas, bounds.MostPods - old.Sum(set => set.Spec.Replicas ?? 0));
    }

    private static Dictionary<string, string> Annotations(Deployment deployment, Dictionary<string, string> annotations, long revision)
    {
        annotations[DeploymentNames.Revision] = revision.ToString(CultureInfo.InvariantCulture);
        annotations[DeploymentNames.DesiredReplicas] = (deployment.Spec.Replicas ?? 1).ToString(CultureInfo.InvariantCulture);
        annotations[DeploymentNames.MaxReplicas] = RollingBounds.Of(deployment).MostPods.ToString(CultureInfo.InvariantCulture);
        return annotations;
    }

    // An old version that becomes the wanted one again (rollout undo) gets a new revision and remembers the former one.
    private async Task<ReplicaSet> AnnotateAsync(Deployment deployment, ReplicaSet current, IReadOnlyList<ReplicaSet> all, CancellationToken cancellationToken)
    {
        var known = DeploymentNames.RevisionOf(current.Metadata);
        var newest = all.Where(set => set.Metadata.Uid != current.Metadata.Uid).Select(set => DeploymentNames.RevisionOf(set.Metadata)).DefaultIfEmpty().Max();
        var revision = known > newest ? known : newest + 1;

        // What the ReplicaSet has besides stays, and so do the noted sizes: they change together with the size itself, or a scaling in progress would go unnoticed.
        var annotations = new Dictionary<string, string>(current.Metadata.Annotations);
        foreach (var (name, value) in DeploymentNames.Inherited(deployment.Metadata))
        {
            annotations[name] = value;
        }

        if (revision != known)
        {
            annotations[DeploymentNames.Revision] = revision.ToString(CultureInfo.InvariantCulture);
            if (known > 0)
            {
                annotations[DeploymentNames.RevisionHistory] = DeploymentNames.WithHistory(current.Metadata, known);
            }
        }

        if (annotations.Count == current.Metadata.Annotations.Count && annotations.All(pair => current.Metadata.Annotations.GetValueOrDefault(pair.Key) == pair.Value)
            && current.Spec.MinReadySeconds == deployment.Spec.MinReadySeconds)
        {
            return current;
        }

        var annotated = current with { Metadata = current.Metadata with { Annotations = annotations }, Spec = current.Spec with { MinReadySeconds = deployment.Spec.MinReadySeconds } };
        return await client.UpdateAsync(annotated, null, cancellationToken);
    }

    private async Task<Deployment> NoteRevisionAsync(Deployment deployment, ReplicaSet? current, CancellationToken cancellationToken)
    {
        if (current is null || DeploymentNames.RevisionOf(deployment.Metadata) == DeploymentNames.RevisionOf(current.Metadata))
        {
            return deployment;
        }

        var patch = $$$$"""{"metadata":{"annotations":{"{{{{DeploymentNames.Revision}}}}":"{{{{DeploymentNames.RevisionOf(current.Metadata)}}}}"}}}""";
        return await client.PatchAsync<Deployment>(deployment.Metadata.Namespace, deployment.Metadata.Name, Patch.Merge(patch), null, cancellationToken);
    }

    private async Task ResizeAsync(Deployment deployment, ReplicaSet? current, List<ReplicaSet> old, CancellationToken cancellationToken)
    {
        var oldPodsRemain = old.Any(set => pods.ByIndex(ReplicaSetReconciler.OwnerIndex, set.Metadata.Uid).Any(pod => !pod.IsTerminal()));
        var sizes = DeploymentScalePlan.Compute(deployment, current, old, oldPodsRemain);
        var noted = Annotations(deployment, [], 0);
        foreach (var set in current is null ? old : [.. old, current])
        {
            var size = set.Spec.Replicas ?? 0;
            var wanted = sizes.GetValueOrDefault(set.Metadata.Name, size);
            var isNoted = DeploymentNames.Number(set.Metadata, DeploymentNames.DesiredReplicas) == (deployment.Spec.Replicas ?? 1)
                && DeploymentNames.Number(set.Metadata, DeploymentNames.MaxReplicas) == RollingBounds.Of(deployment).MostPods;
            if (wanted == size && (isNoted || size == 0))
            {
                continue;
            }

            var annotations = new Dictionary<string, string>(set.Metadata.Annotations)
            {
                [DeploymentNames.DesiredReplicas] = noted[DeploymentNames.DesiredReplicas],
                [DeploymentNames.MaxReplicas] = noted[DeploymentNames.MaxReplicas],
            };
            await client.UpdateAsync(set with { Metadata = set.Metadata with { Annotations = annotations }, Spec = set.Spec with { Replicas = wanted } }, null, cancellationToken);
            if (wanted != size)
            {
                events.Record(deployment, "Normal", "ScalingReplicaSet", $"Scaled {(wanted > size ? "up" : "down")} replica set {set.Metadata.Name} from {size} to {wanted}");
            }
        }
    }

    private async Task CleanUpAsync(Deployment deployment, List<ReplicaSet> old, CancellationToken cancellationToken)
    {
        var idle = old.Where(set => !set.IsDeleting() && set.Spec.Replicas == 0 && set.Status.Replicas == 0 && set.Status.ObservedGeneration >= set.Metadata.Generation)
            .OrderBy(set => DeploymentNames.RevisionOf(set.Metadata)).ToList();
        var surplus = idle.Count - (deployment.Spec.RevisionHistoryLimit ?? 10);
        foreach (var set in idle.Take(Math.Max(0, surplus)))
        {
            await client.DeleteAsync<ReplicaSet>(set.Metadata.Namespace, set.Metadata.Name, new DeleteRequest(Uid: set.Metadata.Uid, PropagationPolicy: "Background"), cancellationToken);
        }
    }

    private async Task WriteStatusAsync(Deployment deployment, DeploymentStatus status, CancellationToken cancellationToken)
    {
        if (ModelJson.ContentEquals(status, deployment.Status))
        {
            return;
        }

        await client.UpdateAsync(deployment with { Status = status }, "status", cancellationToken);
    }
}
