using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Pods.Status;
using Strata.Pods.Volumes;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Pods;

/// <summary>Brings one pod, known by its UID, from what the API wants to what the provider runs, and its status back. Level-triggered: the API and the provider's list are all
/// the state there is, so a crash between any two lines is made good by the next look.</summary>
/// <remarks>A pod that is gone from the API is ended at the provider; one that is being deleted is ended first and removed when the provider has it no more; one whose
/// containers have ever run is never started again.</remarks>
internal sealed partial class PodReconciler(
    IKubeClient client,
    IInformer<Pod> pods,
    IPodProvider provider,
    ProviderView view,
    PodEntries entries,
    PodResolver resolver,
    PodReporter reporter,
    ReadinessWatch readiness,
    RetryPolicy retries,
    string nodeName,
    string hostAddress,
    TimeProvider clock,
    ILogger<PodReconciler> logger)
{
    public const string ByUid = "uid";

    // A delete that the provider took on and that no list has confirmed is looked after this long.
    private static readonly TimeSpan ConfirmAfter = TimeSpan.FromSeconds(5);

    private readonly StatusWriter _writer = new(client);

    /// <summary>Called when the provider has been asked for something, so that its answer is looked for soon.</summary>
    public Action Asked { get; set; } = () => { };

    /// <returns>When to look again without being told to; null for never.</returns>
    public async Task<TimeSpan?> ReconcileAsync(string uid, CancellationToken cancellationToken)
    {
        if (pods.ByIndex(ByUid, uid).FirstOrDefault() is not { } pod)
        {
            return await CollectAsync(uid, cancellationToken);
        }

        var entry = entries.For(uid);
        if (entry.IsRemoved)
        {
            return null; // The lister lags behind our own removal; its event ends the entry.
        }

        entry.ListedVersion = pod.Metadata.ResourceVersion;
        if (pod.IsDeleting() && !entry.SawDeletion)
        {
            // What failed before has nothing to do with ending it.
            (entry.SawDeletion, entry.NotBefore, entry.Failures) = (true, default, 0);
        }

        if (entry.NotBefore > clock.GetUtcNow())
        {
            return entry.NotBefore - clock.GetUtcNow();
        }

        pod = Latest(pod, entry);
        return pod.IsDeleting() ? await TerminateAsync(pod, entry, cancellationToken)
            : pod.IsTerminal() ? null // Kept at the provider for its logs until the pod is deleted.
            : await RunAsync(pod, entry, cancellationToken);
    }

    /// <summary>The provider failed; says when to try again.</summary>
    public TimeSpan NoteFailure(string uid, ProviderFailure failure)
    {
        var entry = entries.For(uid);
        var delay = retries.DelayAfter(entry.Failures++, failure.Kind);
        entry.NotBefore = clock.GetUtcNow() + delay;
        return delay;
    }

    private async Task<TimeSpan?> RunAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        if (view.Get(pod.Metadata.Uid) is { } provided)
        {
            return await MirrorAsync(pod, entry, provided, cancellationToken);
        }

        if (!view.WasListedAfter(entry.CreatedAt ?? 0))
        {
            entry.IsAwaited = true; // The next list comes back to it.
            return null;
        }

        entry.IsAwaited = false;

        if (entry.CreatedAt is null && !PodMirror.HasRun(pod))
        {
            return await CreateAsync(pod, entry, cancellationToken);
        }

        // Not in the list. Lists may lag behind, so nothing is decided on one alone.
        if (await provider.FindAsync(PodIdentity.Of(pod), cancellationToken) is { } found)
        {
            view.Put(found, view.Tick());
            return await MirrorAsync(pod, entry, found, cancellationToken);
        }

        if (!PodMirror.HasRun(pod))
        {
            return await CreateAsync(pod, entry, cancellationToken);
        }

        const string Message = "The pod was not found at the provider and may have been deleted there.";
        LogVanished(pod.Metadata.Namespace, pod.Metadata.Name);
        reporter.Warning(pod, "NotFound", Message);
        entry.IsAwaited = false;
        await WriteAsync(pod, entry, PodMirror.Ended(pod, "NotFound", Message, clock.GetUtcNow()), cancellationToken);
        return null;
    }

    private async Task<TimeSpan?> CreateAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        ResolvedPod resolved;
        try
        {
            resolved = await resolver.ResolveAsync(pod, cancellationToken);
        }
        catch (ApiException error)
        {
            var failure = new ProviderFailure(FailureKind.Other, error.Message);
            await NotStartedAsync(pod, entry, "CreateContainerConfigError", failure, cancellationToken);
            return NoteFailure(pod.Metadata.Uid, failure);
        }

        reporter.Missing(resolved);
        if (resolved.Missing.FirstOrDefault(reference => !reference.IsOptional) is { } missing)
        {
            await NotStartedAsync(pod, entry, "CreateContainerConfigError", new ProviderFailure(FailureKind.Other, missing.Message), cancellationToken);
            return NoteFailure(pod.Metadata.Uid, new ProviderFailure(FailureKind.Other, missing.Message));
        }

        ProviderPod created;
        try
        {
            created = await provider.CreateAsync(resolved, cancellationToken);
        }
        catch (ProviderException error)
        {
            LogRefused(pod.Metadata.Namespace, pod.Metadata.Name, error.Message);
            await NotStartedAsync(pod, entry, PodMirror.ProviderFailed, error.Failure, cancellationToken);
            return NoteFailure(pod.Metadata.Uid, error.Failure);
        }

        LogCreated(pod.Metadata.Namespace, pod.Metadata.Name);
        reporter.Created(pod, provider.Name, created.Notes);
        (entry.CreatedAt, entry.IsAwaited, entry.Failures, entry.ToldFailure) = (view.Tick(), true, 0, null);
        (entry.SeenEvents, entry.WasResolved) = ([], true);
        view.Put(created, entry.CreatedAt.Value);
        Asked();
        return await MirrorAsync(pod, entry, created, cancellationToken);
    }

    private async Task<TimeSpan?> MirrorAsync(Pod pod, PodEntry entry, ProviderPod provided, CancellationToken cancellationToken)
    {
        entry.IsAwaited = entry.CreatedAt is { } createdAt && !view.WasListedAfter(createdAt);
        entry.Failures = 0;
        if (provided.Failure is { } failure && failure.Message != entry.ToldFailure)
        {
            reporter.Warning(pod, PodMirror.ProviderFailed, failure.Message);
        }

        entry.ToldFailure = provided.Failure?.Message;
        reporter.Forward(pod, entry, provided.Events);
        var status = PodMirror.Compute(pod, await readiness.ApplyAsync(pod, provided), hostAddress, clock.GetUtcNow());
        if (await WriteAsync(pod, entry, status, cancellationToken) is not { } current || current.IsTerminal())
        {
            return null;
        }

        return await RefreshFilesAsync(current, entry, cancellationToken);
    }

    /// <summary>Brings mounted files up to date when an object they come from has changed, or a token nears its end.</summary>
    private async Task<TimeSpan?> RefreshFilesAsync(Pod pod, PodEntry entry, CancellationToken cancellationToken)
    {
        if (!pod.Spec.Volumes.Any(VolumeContentResolver.IsContentVolume))
        {
            return null;
        }

        // A pod found running after a restart of this process: its tokens are unknown and nobody watches its objects yet.
        var now = clock.GetUtcNow();
        if (entry.AreFilesStale || !entry.WasResolved || resolver.NextRenewal(pod) <= now)
        {
            entry.AreFilesStale = false;
            try
            {
                var resolved = await resolver.ResolveAsync(pod, cancellationToken);
                entry.WasResolved = true;
                if (resolved.Missing.All(reference => reference.IsOptional) && await provider.UpdateFilesAsync(resolved, cancellationToken))
                {
                    LogFilesUpdated(pod.Metadata.Namespace, pod.Metadata.Name);
                }
            }
            catch
            {
                entry.AreFilesStale = true;
                throw;
            }
        }

        return resolver.NextRenewal(pod) is not { } renewal ? null
            : renewal - now > ConfirmAfter ? renewal - now
            : ConfirmAfter;
    }

    private async Task NotStartedAsync(Pod pod, PodEntry entry, string reason, ProviderFailure failure, CancellationToken cancellationToken)
    {
        if (entry.ToldFailure != failure.Message)
        {
            reporter.Warning(pod, reason == PodMirror.ProviderFailed ? "ProviderCreateFailed" : reason, failure.Message);
        }

        entry.ToldFailure = failure.Message;
        var isFinal = failure.Kind == FailureKind.Refused && pod.Spec.RestartPolicy == "Never";
        await WriteAsync(pod, entry, PodMirror.NotStarted(pod, reason, failure.Message, isFinal, hostAddress, clock.GetUtcNow()), cancellationToken);
    }

    private async Task<Pod?> WriteAsync(Pod pod, PodEntry entry, PodStatus status, CancellationToken cancellationToken)
    {
        entry.Identity ??= PodIdentity.Of(pod);
        try
        {
            var written = await _writer.WriteAsync(pod, status, cancellationToken);
            if (written is not null && !ReferenceEquals(written, pod))
            {
                // Where the lister has moved on it knows better than the answer, or will in a moment.
                var listed = pods.ByIndex(ByUid, pod.Metadata.Uid).FirstOrDefault()?.Metadata.ResourceVersion;
                entry.Written = listed == entry.ListedVersion ? (entry.ListedVersion, written) : null;
            }

            return written;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null; // Removed by force while we looked.
        }
    }

    private Pod Latest(Pod pod, PodEntry entry) =>
        entry.Written is { } written && written.BaseVersion == entry.ListedVersion ? written.Result : pod;

    private async Task ForgetAsync(string uid)
    {
        await readiness.ReleaseAsync(uid);
        entries.Remove(uid);
        resolver.Release(uid);
    }
}
