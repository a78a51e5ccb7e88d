using Strata.Api.Models;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>The end of a pod: deleted in the API, or found at the provider without one.</summary>
internal sealed partial class PodReconciler
{
    private async Task<TimeSpan?> TerminateAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        var identity = PodIdentity.Of(pod);
        if (entry.DeletedAt is null)
        {
            // The API server holds the intent: it was stored there before we heard of it.
            if (!await TellTerminatingAsync(pod, entry, cancellationToken))
            {
                return await CollectAsync(identity.Uid, cancellationToken);
            }

            await readiness.ReleaseAsync(identity.Uid);
            var isGone = await provider.DeleteAsync(identity, cancellationToken);
            (entry.DeletedAt, entry.IsAwaited, entry.Failures) = (view.Tick(), true, 0);
            if (isGone)
            {
                return await RemoveAsync(pod, entry, cancellationToken);
            }

            Asked();
            return ConfirmAfter;
        }

        if (view.Get(identity.Uid) is { } last)
        {
            await WriteAsync(Latest(pod, entry), entry, PodMirror.Terminating(Latest(pod, entry), last, hostAddress, clock.GetUtcNow()), cancellationToken);
            return ConfirmAfter;
        }

        return view.WasListedAfter(entry.DeletedAt.Value) && await provider.FindAsync(identity, cancellationToken) is null
            ? await RemoveAsync(pod, entry, cancellationToken)
            : ConfirmAfter;
    }

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
        await ForgetAsync(pod.Metadata.Uid);
        return null;
    }

    /// <summary>The API does not have the pod, as far as we have heard.</summary>
    private async Task<TimeSpan?> CollectAsync(string uid, CancellationToken cancellationToken)
    {
        var identity = view.Get(uid)?.Identity ?? entries.Find(uid)?.Identity;
        if (identity is null)
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

        if (view.Get(uid) is { IsDeleting: true })
        {
            return ConfirmAfter;
        }

        var isGone = await provider.DeleteAsync(identity, cancellationToken);
        LogOrphan(identity.Namespace, identity.Name);
        if (isGone)
        {
            view.Remove(uid);
            await ForgetAsync(uid);
            return null;
        }

        entries.For(uid).IsAwaited = true;
        Asked();
        return ConfirmAfter;
    }
}
