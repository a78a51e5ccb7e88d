using System.Text.Json;
using Strata.Api;
using Strata.Api.Errors;
using Strata.ApiServer.Admission;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    /// <summary>Deletes an object, or begins to when finalizers or a grace period keep it.</summary>
    /// <exception cref="ApiException">NotFound, Conflict when a precondition fails, or what admission says.</exception>
    public async ValueTask<DeleteResult> DeleteAsync(WriteContext context, ObjectKey key, DeletionOptions options, CancellationToken cancellationToken)
    {
        var entry = await _services.Store.GetAsync(KeyOf(key), 0, cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (entry is null)
            {
                throw ApiErrors.NotFound(Kind, key.Name);
            }

            var (result, winner) = await TryDeleteAsync(context, key, options, entry, cancellationToken);
            if (result is { } done)
            {
                return done;
            }

            entry = winner;
        }

        throw ApiErrors.Modified(Kind, key.Name);
    }

    private async ValueTask<(DeleteResult? Result, StoreEntry? Winner)> TryDeleteAsync(
        WriteContext context, ObjectKey key, DeletionOptions options, StoreEntry entry, CancellationToken cancellationToken)
    {
        var current = await ServedAsync(entry.Value, cancellationToken);
        var target = Parse(current, entry.ModRevision);
        CheckPreconditions(key, options, target.Metadata().TextOrEmpty("uid"), target.Metadata().TextOrEmpty("resourceVersion"));
        var admission = Admission(context, AdmissionOperation.Delete, key, "", null, Parse(current, entry.ModRevision));
        await _services.Admission.MutateAsync(admission, cancellationToken);
        await _services.Admission.ValidateAsync(admission, cancellationToken);

        var verdict = DeletionPlan.Compute(Strategy, target, options, _services.Clock.GetUtcNow());
        if (verdict == DeletionVerdict.AlreadyWaiting)
        {
            return (new DeleteResult(ObjectOf(key, current, entry.ModRevision), IsRemoved: false), null);
        }

        var encoded = await EncodeAsync(target, default, cancellationToken);
        if (context.DryRun || options.DryRun)
        {
            return (new DeleteResult(ObjectOf(key, encoded.Served, entry.ModRevision), verdict == DeletionVerdict.Remove), null);
        }

        if (verdict == DeletionVerdict.Remove)
        {
            var (removed, winner) = await RemoveAsync(key, encoded, entry, cancellationToken);
            return (removed is { } last ? new DeleteResult(last, IsRemoved: true) : null, winner);
        }

        var ((marked, other), _) = await PutAsync(key, encoded, entry, cancellationToken);
        return (marked is { } waiting ? new DeleteResult(waiting, IsRemoved: false) : null, other);
    }

    private void CheckPreconditions(ObjectKey key, DeletionOptions options, string uid, string resourceVersion)
    {
        if (options.Uid is { } wantedUid && wantedUid != uid)
        {
            throw ApiErrors.Conflict(
                Kind, key.Name,
                $"Precondition failed: UID in precondition: {wantedUid}, UID in object meta: {uid}");
        }

        if (options.ResourceVersion is { } wantedVersion && wantedVersion != resourceVersion)
        {
            throw ApiErrors.Conflict(
                Kind, key.Name,
                $"Precondition failed: ResourceVersion in precondition: {wantedVersion}, ResourceVersion in object meta: {resourceVersion}");
        }
    }

    // The stored object, not the last words of its removal: what an update changed while it took the last finalizer was never given out.
    private async ValueTask OnRemovedAsync(StoreEntry stored)
    {
        using var document = JsonDocument.Parse(stored.Value);
        await Strategy.OnDeletedAsync(document.RootElement);
    }
}
