using System.Text;
using System.Text.Json;
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
    /// <summary>All kinds that the server has, by group and kind, in the version it prefers; replaced whole.</summary>
    public IReadOnlyDictionary<(string Group, string Kind), KindInfo> Kinds { get; set; } = new Dictionary<(string, string), KindInfo>();

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
        if (item.Metadata.OwnerReferences.All(reference => StandingOf(item, reference) == OwnerStanding.Solid))
        {
            return;
        }

        // The graph may be behind: the object as the server has it decides, and whatever is done to it is done to that version only.
        if (await ReadAsync(item, cancellationToken) is not { DeletionTimestamp: null, OwnerReferences.Count: > 0 } latest)
        {
            return;
        }

        item = item with { Metadata = latest };
        var standings = new List<(OwnerReference Reference, OwnerStanding Standing)>();
        foreach (var reference in latest.OwnerReferences)
        {
            standings.Add((reference, await FindStandingAsync(item, reference, cancellationToken)));
        }

        if (standings.Exists(static owner => owner.Standing == OwnerStanding.Solid))
        {
            var left = standings.Where(static owner => owner.Standing == OwnerStanding.Solid).Select(static owner => owner.Reference).ToList();
            if (left.Count < standings.Count)
            {
                await PatchAsync(item, "ownerReferences", left.Select(Text), cancellationToken);
            }

            return;
        }

        await DeleteAsync(item, standings.Exists(static owner => owner.Standing == OwnerStanding.Waiting), cancellationToken);
    }

    // An owner deleted in the foreground wants the same of dependents that have dependents themselves.
    private async Task DeleteAsync(GraphItem item, bool hasWaitingOwner, CancellationToken cancellationToken)
    {
        var dependents = graph.DependentsOf(item.Metadata.Uid);
        if (!hasWaitingOwner || dependents.Count == 0)
        {
            var policy = item.Metadata.Finalizers.Contains(GraphItem.OrphanFinalizer) ? "Orphan"
                : item.Metadata.Finalizers.Contains(GraphItem.ForegroundFinalizer) ? "Foreground"
                : "Background";
            await SendDeleteAsync(item, policy, cancellationToken);
            return;
        }

        if (dependents.Any(static dependent => dependent.IsDeletingDependents))
        {
            // A circle: the owner waits for this one, and this one would wait for the owner.
            var unblocked = item.Metadata.OwnerReferences.Select(static owner => Text(owner with { BlockOwnerDeletion = false }));
            item = item with { Metadata = await PatchAsync(item, "ownerReferences", unblocked, cancellationToken) };
        }

        await SendDeleteAsync(item, "Foreground", cancellationToken);
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
            if (await ReadAsync(dependent, cancellationToken) is { } latest && latest.OwnerReferences.Any(owner => owner.Uid == item.Metadata.Uid))
            {
                var left = latest.OwnerReferences.Where(owner => owner.Uid != item.Metadata.Uid).Select(Text);
                await PatchAsync(dependent with { Metadata = latest }, "ownerReferences", left, cancellationToken);
            }
        }

        await RemoveFinalizerAsync(item, GraphItem.OrphanFinalizer, cancellationToken);
    }

    private async Task RemoveFinalizerAsync(GraphItem item, string finalizer, CancellationToken cancellationToken)
    {
        if (await ReadAsync(item, cancellationToken) is { } latest && latest.Finalizers.Contains(finalizer))
        {
            var left = latest.Finalizers.Where(name => name != finalizer).Select(static name => $"\"{JsonEncodedText.Encode(name)}\"");
            await PatchAsync(item with { Metadata = latest }, "finalizers", left, cancellationToken);
        }
    }

    private OwnerStanding StandingOf(GraphItem item, OwnerReference reference)
    {
        if (graph.Get(reference.Uid) is not { } owner || !IsNamedBy(owner, reference, item))
        {
            return OwnerStanding.Unknown;
        }

        return owner.IsDeletingDependents ? OwnerStanding.Waiting : OwnerStanding.Solid;
    }

    // A uid alone is not enough: names that lead to another object, or to another namespace, do not make it an owner.
    private static bool IsNamedBy(GraphItem owner, OwnerReference reference, GraphItem dependent) =>
        owner.Kind.Kind == reference.Kind
        && owner.Kind.Group == GroupOf(reference)
        && owner.Metadata.Name == reference.Name
        && (!owner.Kind.Namespaced || owner.Metadata.Namespace == dependent.Metadata.Namespace);

    private static string GroupOf(OwnerReference reference)
    {
        var slash = reference.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? "" : reference.ApiVersion[..slash];
    }

    private async Task<OwnerStanding> FindStandingAsync(GraphItem item, OwnerReference reference, CancellationToken cancellationToken)
    {
        var standing = StandingOf(item, reference);
        return standing != OwnerStanding.Unknown ? standing
            : await IsAbsentAsync(item, reference, cancellationToken) ? OwnerStanding.Absent
            : OwnerStanding.Solid;
    }

    // The graph may be behind, so the server has the last word: an owner is absent when its name is free or belongs to another incarnation.
    private async Task<bool> IsAbsentAsync(GraphItem item, OwnerReference reference, CancellationToken cancellationToken)
    {
        if (!Kinds.TryGetValue((GroupOf(reference), reference.Kind), out var kind))
        {
            return false; // A kind that this server does not know (any more): deleting on a guess would be worse than keeping.
        }

        if (kind.Namespaced && item.Metadata.Namespace.Length == 0)
        {
            return false; // A mistake of whoever wrote it: a cluster-scoped object cannot have a namespaced owner. Upstream leaves it alone too.
        }

        var owner = new GraphItem(kind, new ObjectMeta { Namespace = item.Metadata.Namespace, Name = reference.Name, Uid = reference.Uid });
        return await ReadAsync(owner, cancellationToken) is null;
    }

    /// <summary>The object's metadata as the server has it; null when this incarnation does not exist any more.</summary>
    private async Task<ObjectMeta?> ReadAsync(GraphItem item, CancellationToken cancellationToken)
    {
        try
        {
            var found = await client.Transport.SendAsync(new ApiRequest(HttpMethod.Get, PathOf(item)), cancellationToken);
            var metadata = ModelJson.Parse<PartialObject>(found.Json.Span).Metadata;
            return metadata.Uid == item.Metadata.Uid ? metadata : null;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    // Only the version that was judged: should it have changed since, the call conflicts and the loop looks again.
    private async Task SendDeleteAsync(GraphItem item, string policy, CancellationToken cancellationToken)
    {
        var body = new DeleteRequest(PropagationPolicy: policy, Uid: item.Metadata.Uid, ResourceVersion: item.Metadata.ResourceVersion).ToJson();
        try
        {
            await client.Transport.SendAsync(new ApiRequest(HttpMethod.Delete, PathOf(item), "", body), cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            // Gone already.
        }
    }

    // A merge patch replaces a list whole, so it carries the version that it was computed from.
    private async Task<ObjectMeta> PatchAsync(GraphItem item, string list, IEnumerable<string> elements, CancellationToken cancellationToken)
    {
        var text = string.Join(',', elements);
        var value = text.Length == 0 ? "null" : $"[{text}]";
        var patch = $$$"""{"metadata":{"uid":"{{{item.Metadata.Uid}}}","resourceVersion":"{{{item.Metadata.ResourceVersion}}}","{{{list}}}":{{{value}}}}}""";
        try
        {
            var body = Encoding.UTF8.GetBytes(patch);
            var patched = await client.Transport.SendAsync(new ApiRequest(HttpMethod.Patch, PathOf(item), "", body, "application/merge-patch+json"), cancellationToken);
            return ModelJson.Parse<PartialObject>(patched.Json.Span).Metadata;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return item.Metadata; // Gone already.
        }
    }

    private static string Text(OwnerReference owner) => Encoding.UTF8.GetString(ModelJson.Serialize(owner));

    private static string PathOf(GraphItem item) => item.Kind.Path(item.Metadata.Namespace, item.Metadata.Name);
}
