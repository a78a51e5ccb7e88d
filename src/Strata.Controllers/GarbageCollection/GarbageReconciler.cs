using System.Text;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Controllers.Discovery;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.GarbageCollection;

/// <summary>Decides about one object of the owner graph: goes with its owners, waits for its dependents, or leaves them behind. Keys are uids.</summary>
/// <remarks>Upstream: pkg/controller/garbagecollector (attemptToDeleteItem, processDeletingDependentsItem, orphanDependents).</remarks>
internal sealed class GarbageReconciler(IKubeClient client, OwnerGraph graph) : IReconciler
{
    /// <summary>All kinds that the server has, by apiVersion and kind; replaced whole.</summary>
    public IReadOnlyDictionary<(string ApiVersion, string Kind), KindInfo> Kinds { get; set; } = new Dictionary<(string, string), KindInfo>();

    /// <summary>Wakes the reconciler for another uid.</summary>
    public Action<string> Enqueue { get; set; } = static _ => { };

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (graph.Get(key.Name) is not { } item)
        {
            return ReconcileResult.Settled;
        }

        if (item.IsOrphaningDependents)
        {
            await OrphanAsync(item, cancellationToken);
        }
        else if (item.IsDeletingDependents)
        {
            await FinishForegroundAsync(item, cancellationToken);
        }
        else if (item.Metadata.DeletionTimestamp is null && item.Metadata.OwnerReferences.Count > 0)
        {
            await FollowOwnersAsync(item, cancellationToken);
        }

        return ReconcileResult.Settled;
    }

    private async Task FollowOwnersAsync(GraphItem item, CancellationToken cancellationToken)
    {
        var absent = new List<string>();
        var waiting = new List<string>();
        var isHeld = false;
        foreach (var reference in item.Metadata.OwnerReferences)
        {
            var owner = graph.Get(reference.Uid);
            if (owner is null)
            {
                if (await IsAbsentAsync(item, reference, cancellationToken))
                {
                    absent.Add(reference.Uid);
                }
                else
                {
                    isHeld = true;
                }
            }
            else if (owner.IsDeletingDependents && reference.BlockOwnerDeletion == true)
            {
                waiting.Add(reference.Uid);
            }
            else
            {
                isHeld = true;
            }
        }

        if (isHeld)
        {
            if (absent.Count + waiting.Count > 0)
            {
                await DropReferencesAsync(item, [.. absent, .. waiting], cancellationToken);
            }

            return;
        }

        // An owner deleted in the foreground wants the same of dependents that have dependents themselves.
        var policy = waiting.Count > 0 && graph.DependentsOf(item.Metadata.Uid).Count > 0 ? "Foreground" : "Background";
        await DeleteAsync(item, policy, cancellationToken);
    }

    private async Task FinishForegroundAsync(GraphItem item, CancellationToken cancellationToken)
    {
        var blocking = graph.DependentsOf(item.Metadata.Uid)
            .Where(dependent => dependent.Metadata.OwnerReferences.Any(owner => owner.Uid == item.Metadata.Uid && owner.BlockOwnerDeletion == true))
            .ToList();
        foreach (var dependent in blocking)
        {
            Enqueue(dependent.Metadata.Uid);
        }

        if (blocking.Count == 0)
        {
            await RemoveFinalizerAsync(item, GraphItem.ForegroundFinalizer, cancellationToken);
        }
    }

    private async Task OrphanAsync(GraphItem item, CancellationToken cancellationToken)
    {
        foreach (var dependent in graph.DependentsOf(item.Metadata.Uid))
        {
            await DropReferencesAsync(dependent, [item.Metadata.Uid], cancellationToken);
        }

        await RemoveFinalizerAsync(item, GraphItem.OrphanFinalizer, cancellationToken);
    }

    // The graph may be behind, so the server has the last word: an owner is absent when its name is free or belongs to another incarnation.
    private async Task<bool> IsAbsentAsync(GraphItem item, OwnerReference reference, CancellationToken cancellationToken)
    {
        if (!Kinds.TryGetValue((reference.ApiVersion, reference.Kind), out var kind))
        {
            return false; // A kind that this server does not know (any more): deleting on a guess would be worse than keeping.
        }

        if (kind.Namespaced && item.Metadata.Namespace.Length == 0)
        {
            return true; // A cluster-scoped object cannot be owned by a namespaced one.
        }

        try
        {
            var path = kind.Path(item.Metadata.Namespace, reference.Name);
            var found = await client.Transport.SendAsync(new ApiRequest(HttpMethod.Get, path), cancellationToken);
            return ModelJson.Parse<PartialObject>(found.Json.Span).Metadata.Uid != reference.Uid;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return true;
        }
    }

    private async Task DeleteAsync(GraphItem item, string policy, CancellationToken cancellationToken)
    {
        var body = new DeleteRequest(PropagationPolicy: policy, Uid: item.Metadata.Uid).ToJson();
        try
        {
            await client.Transport.SendAsync(new ApiRequest(HttpMethod.Delete, PathOf(item), "", body), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            // Gone already, or another incarnation: nothing of ours is left to delete.
        }
    }

    private Task DropReferencesAsync(GraphItem item, IReadOnlyList<string> uids, CancellationToken cancellationToken) =>
        PatchMetadataAsync(item, metadata => metadata with { OwnerReferences = [.. metadata.OwnerReferences.Where(owner => !uids.Contains(owner.Uid))] }, cancellationToken);

    private Task RemoveFinalizerAsync(GraphItem item, string finalizer, CancellationToken cancellationToken) =>
        PatchMetadataAsync(item, metadata => metadata with { Finalizers = [.. metadata.Finalizers.Where(name => name != finalizer)] }, cancellationToken);

    // A merge patch replaces lists whole, so it carries the version that it was computed from: a concurrent change makes it fail and be computed again.
    private async Task PatchMetadataAsync(GraphItem item, Func<ObjectMeta, ObjectMeta> change, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.Transport.SendAsync(new ApiRequest(HttpMethod.Get, PathOf(item)), cancellationToken);
            var metadata = ModelJson.Parse<PartialObject>(found.Json.Span).Metadata;
            if (metadata.Uid != item.Metadata.Uid)
            {
                return;
            }

            var next = change(metadata);
            var owners = ListOrNull(string.Join(',', next.OwnerReferences.Select(owner => Encoding.UTF8.GetString(ModelJson.Serialize(owner)))));
            var finalizers = ListOrNull(string.Join(',', next.Finalizers.Select(name => $"\"{name}\"")));
            var patch = $$$"""{"metadata":{"resourceVersion":"{{{metadata.ResourceVersion}}}","ownerReferences":{{{owners}}},"finalizers":{{{finalizers}}}}}""";
            await client.Transport.SendAsync(
                new ApiRequest(HttpMethod.Patch, PathOf(item), "", Encoding.UTF8.GetBytes(patch), "application/merge-patch+json"), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone already.
        }
    }

    // A list that became empty is taken away, as it is for objects that never had one.
    private static string ListOrNull(string items) => items.Length == 0 ? "null" : $"[{items}]";

    private static string PathOf(GraphItem item) => item.Kind.Path(item.Metadata.Namespace, item.Metadata.Name);
}
