using Strata.Api.Models;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>The end of a pod: deleted in the API, or found at the provider without one.</summary>
internal sealed partial class PodReconciler
{
    // On top of the pod's own grace period, which the provider grants it too.
    private static readonly TimeSpan DeletionSlack = TimeSpan.FromSeconds(30);

    // Of a pod whose spec is gone: the API's default.
    private static readonly TimeSpan UnknownGrace = TimeSpan.FromSeconds(30);

    private async Task<TimeSpan?> TerminateAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        // The API server holds the intent: it was stored there before we heard of it.
        var isNews = entry.DeletedAt is null || view.Get(pod.Metadata.Uid) is not null;
        if (isNews && !await TellTerminatingAsync(pod, entry, cancellationToken))
        {
            return await CollectAsync(pod.Metadata.Uid, cancellationToken);
        }

        await readiness.ReleaseAsync(pod.Metadata.Uid);
        return await EndAsync(PodIdentity.Of(pod), entry, GraceOf(pod), cancellationToken) ? await RemoveAsync(pod, entry, cancellationToken) : ConfirmAfter;
    }

    /// <summary>Asks the provider to end the pod: once, and again only when that failed, or when the provider still runs it after the time that it had.</summary>
    /// <returns>Whether the provider has it no more.</returns>
    private async Task<bool> EndAsync(PodIdentity identity, PodEntry entry, TimeSpan grace, CancellationToken cancellationToken)
    {
        var last = view.Get(identity.Uid);
        if (entry.DeletedAt is { } deletedAt && (last is not { IsDeleting: false } || clock.GetUtcNow() < entry.DeleteAgainAt))
        {
            // A list may lag behind, so what it does not show is asked for by name.
            return last is null && view.WasListedAfter(deletedAt) && await provider.FindAsync(identity, cancellationToken) is null;
        }

        var isGone = await provider.DeleteAsync(identity, cancellationToken);
        (entry.DeletedAt, entry.DeleteAgainAt, entry.IsAwaited, entry.Failures) = (view.Tick(), clock.GetUtcNow() + grace + DeletionSlack, true, 0);
        if (!isGone)
        {
            Asked();
        }

        return isGone;
    }

    private static TimeSpan GraceOf(Pod pod) => TimeSpan.FromSeconds(pod.Metadata.DeletionGracePeriodSeconds ?? pod.Spec.TerminationGracePeriodSeconds ?? 30);

    private async Task<bool> TellTerminatingAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken) =>
        await WriteAsync(pod, entry, PodMirror.Terminating(pod, view.Get(pod.Metadata.Uid), hostAddress, clock.GetUtcNow()), cancellationToken) is not null;

    private async Task<TimeSpan?> RemoveAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        var latest = Latest(pod, entry);
        if (await WriteAsync(latest, entry, PodMirror.Ended(latest, null, "", clock.GetUtcNow()), cancellationToken) is not null)
        {
            await _writer.RemoveAsync(pod, cancellationToken);
        }

        LogRemoved(pod.Metadata.Namespace, pod.Metadata.Name);
        view.Remove(pod.Metadata.Uid);
        resolver.Release(pod.Metadata.Uid);

        // Not forgotten yet: until the lister has heard of it too, the pod looks like one whose end has not begun.
        (entry.IsRemoved, entry.IsAwaited) = (true, false);
        return null;
    }

    /// <summary>The API does not have the pod, as far as we have heard.</summary>
    private async Task<TimeSpan?> CollectAsync(string uid, CancellationToken cancellationToken)
    {
        var known = entries.Find(uid);
        if ((view.Get(uid)?.Identity ?? (known is { IsRemoved: true } ? null : known?.Identity)) is not { } identity)
        {
            await ForgetAsync(uid);
            return null;
        }

        // We may not have heard of it yet. A group is deleted only when the API itself says that its pod is gone.
        var current = await client.FindAsync<Pod>(identity.Namespace, identity.Name, cancellationToken);
        if (current?.Metadata.Uid == uid && current.Spec.NodeName == nodeName)
        {
            return ConfirmAfter;
        }

        var entry = entries.For(uid);
        entry.Identity ??= identity;
        if (entry.DeletedAt is null)
        {
            if (view.Get(uid) is { IsDeleting: true })
            {
                return ConfirmAfter; // Asked for before this process began.
            }

            LogOrphan(identity.Namespace, identity.Name);
        }

        if (!await EndAsync(identity, entry, UnknownGrace, cancellationToken))
        {
            return ConfirmAfter;
        }

        view.Remove(uid);
        await ForgetAsync(uid);
        return null;
    }
}
