using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;
using Strata.ApiServer.Admission;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    // Set by the server alone: an update carries over what is stored, whatever the client sent.
    private static readonly string[] ServerMetadata = ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "generateName"];

    /// <summary>Changes an object.</summary>
    /// <param name="subresource">What admission sees; empty for the object itself.</param>
    /// <param name="change">Makes the wanted object from the stored one, which it may change and return. Called once per attempt. A resourceVersion in the result that is
    /// not the stored one means the caller has seen another version: Conflict.</param>
    /// <param name="create">Makes the object for a PUT to a missing name, for kinds that allow it; null to answer NotFound.</param>
    /// <exception cref="ApiException">NotFound, Conflict, Invalid, or what admission says.</exception>
    public ValueTask<UpdateResult> UpdateAsync(
        WriteContext context, ObjectKey key, string subresource, WriteMode mode, Func<JsonObject, JsonObject> change, Func<JsonObject>? create,
        CancellationToken cancellationToken) =>
        UpdateByAsync(context, key, subresource, mode, current => ValueTask.FromResult(change(current)), create, cancellationToken);

    /// <summary>As <see cref="UpdateAsync"/>, for a change that may have to wait for others, such as the conversion of a version.</summary>
    public async ValueTask<UpdateResult> UpdateByAsync(
        WriteContext context, ObjectKey key, string subresource, WriteMode mode, Func<JsonObject, ValueTask<JsonObject>> change, Func<JsonObject>? create,
        CancellationToken cancellationToken)
    {
        var entry = await _services.Store.GetAsync(KeyOf(key), 0, cancellationToken);
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            if (entry is null)
            {
                if (create is null || !(Strategy.AllowsCreateOnUpdate || context.Owner.IsApply))
                {
                    throw ApiErrors.NotFound(Kind, key.Name);
                }

                context.RequireCreate();
                try
                {
                    var created = await CreateAsync(context, key.Namespace, key.Name, create(), cancellationToken);
                    return new UpdateResult(created, IsCreated: true);
                }
                catch (ApiException taken) when (context.Owner.IsApply && taken.Status.Reason == StatusReason.AlreadyExists)
                {
                    entry = await _services.Store.GetAsync(KeyOf(key), 0, cancellationToken); // Somebody was faster: apply to what they made.
                    continue;
                }
            }

            var (result, winner) = await TryUpdateAsync(context, key, subresource, mode, entry, change, cancellationToken);
            if (result is { } stored)
            {
                return new UpdateResult(stored, IsCreated: false);
            }

            entry = winner;
        }

        throw ApiErrors.Modified(Kind, key.Name);
    }

    /// <returns>The object as stored; or null and the entry that won the race.</returns>
    private async ValueTask<(ServedObject? Result, StoreEntry? Winner)> TryUpdateAsync(
        WriteContext context, ObjectKey key, string subresource, WriteMode mode, StoreEntry entry, Func<JsonObject, ValueTask<JsonObject>> change,
        CancellationToken cancellationToken)
    {
        var current = await ServedAsync(entry.Value, cancellationToken);
        var old = Parse(current, entry.ModRevision);
        var oldOwners = FieldOwnership.Detach(old);
        var wanted = await change(Parse(current, entry.ModRevision));
        var wantedOwners = FieldOwnership.Detach(wanted);
        CheckIdentity(wanted.Metadata(), old.Metadata(), key);
        var target = Combine(wanted, old, mode);
        Strategy.Default(target);
        var owners = _ownership.OnUpdate(context.Owner, subresource, mode, old, target, oldOwners, wantedOwners);
        var admission = Admission(context, AdmissionOperation.Update, key, subresource, target, old);
        await _services.Admission.MutateAsync(admission, cancellationToken);
        Prepare(target, old, mode);
        Validate(target, old, mode, key.Name);
        await _services.Admission.ValidateAsync(admission, cancellationToken);

        if (!owners.IsChanged && Strategy.AreEqual(target, old) && Strategy.Converter?.IsCurrent(entry.Value.Span) != false)
        {
            return (ObjectOf(key, current, entry.ModRevision), null); // Nothing to write: no new version, no event.
        }

        var isRemoval = DeletionPlan.IsDone(Strategy, target);
        var reservation = isRemoval ? admission.Held : await ReserveAsync(admission, target, old, key.Name, cancellationToken);
        return await HoldingAsync<(ServedObject?, StoreEntry?)>(reservation, async () =>
        {
            var encoded = await EncodeAsync(target, ManagedEntries.Write(owners.List), cancellationToken);
            if (context.DryRun)
            {
                return ((ObjectOf(key, encoded.Served, entry.ModRevision), null), false);
            }

            return isRemoval
                ? (await RemoveAsync(key, encoded, entry, cancellationToken), false)
                : await PutAsync(key, encoded, entry, cancellationToken);
        });
    }

    private async ValueTask<((ServedObject?, StoreEntry?) Result, bool IsStored)> PutAsync(
        ObjectKey key, EncodedObject encoded, StoreEntry entry, CancellationToken cancellationToken)
    {
        var outcome = await _services.Store.PutAsync(entry.Key, encoded.Stored, entry.ModRevision, cancellationToken);
        return outcome.IsCommitted ? ((ObjectOf(key, encoded.Served, outcome.Revision), null), true) : ((null, outcome.Entry), false);
    }

    // The last finalizer went with this update: the object goes in the same request.
    private async ValueTask<(ServedObject?, StoreEntry?)> RemoveAsync(ObjectKey key, EncodedObject encoded, StoreEntry entry, CancellationToken cancellationToken)
    {
        var outcome = await _services.Store.DeleteAsync(entry.Key, entry.ModRevision, cancellationToken);
        if (!outcome.IsDeleted)
        {
            return (null, outcome.Entry);
        }

        await OnRemovedAsync(entry);
        return (ObjectOf(key, encoded.Served, outcome.Revision), null);
    }

    private void CheckIdentity(JsonObject wanted, JsonObject old, ObjectKey key)
    {
        CheckNamespace(wanted, key.Namespace);
        CheckName(wanted, key.Name);
        if (wanted.Text("uid") is { } uid && uid != old.Text("uid"))
        {
            throw ApiErrors.Conflict(Kind, key.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Text("uid")}");
        }

        // Clients that have seen no version send none or 0.
        switch (wanted.Text("resourceVersion") is { } seen and not "0" ? seen : null)
        {
            case { } version when version != old.Text("resourceVersion"):
                throw ApiErrors.Modified(Kind, key.Name);
            case null when !Strategy.AllowsUnconditionalUpdate:
                var errors = new FieldErrors();
                errors.Invalid("metadata.resourceVersion", 0, "must be specified for an update");
                throw ApiErrors.Invalid(Kind, key.Name, errors.Causes);
        }
    }

    /// <summary>The wanted object with everything that this kind of write may not touch taken from the stored one.</summary>
    private JsonObject Combine(JsonObject wanted, JsonObject old, WriteMode mode)
    {
        var target = wanted;
        if (mode == WriteMode.Status)
        {
            target = (JsonObject)old.DeepClone();
            target["metadata"] = wanted.Metadata().DeepClone();
            target.Restore(wanted, "status");
        }
        else if (mode is (WriteMode.Main or WriteMode.Part) && Strategy.HasStatus)
        {
            target.Restore(old, "status");
        }

        var metadata = target.Metadata();
        var oldMetadata = old.Metadata();
        foreach (var field in ServerMetadata)
        {
            metadata.Restore(oldMetadata, field);
        }

        metadata.Restore(oldMetadata, "resourceVersion");
        metadata.Remove("selfLink");
        return target;
    }

    private void Prepare(JsonObject target, JsonObject old, WriteMode mode)
    {
        Strategy.Default(target);
        if (mode == WriteMode.Status)
        {
            Strategy.PrepareForStatusUpdate(target, old);
        }
        else if (mode == WriteMode.Main)
        {
            Strategy.PrepareForUpdate(target, old);
        }

        if (mode is (WriteMode.Main or WriteMode.Part) && Strategy.HasGeneration && !IsSpecEqual(target, old))
        {
            target.Metadata()["generation"] = (old.Metadata().Number("generation") ?? 0) + 1;
        }
    }

    private void Validate(JsonObject target, JsonObject old, WriteMode mode, string name)
    {
        var errors = new FieldErrors();
        MetadataValidation.Validate(target, Strategy, errors);
        MetadataValidation.ValidateUpdate(target, old, errors);
        Strategy.ValidateChanged(target, old, mode, errors);
        if (mode is WriteMode.Main or WriteMode.Status)
        {
            Strategy.ValidateUpdate(target, old, errors);
        }

        if (mode == WriteMode.Status)
        {
            Strategy.ValidateStatusUpdate(target, old, errors);
        }

        ThrowIfAny(errors, name);
    }

    private bool IsBeside(string field) => field == "metadata" || (field == "status" && Strategy.HasStatus);

    // What a user wants is everything except metadata and status.
    private bool IsSpecEqual(JsonObject target, JsonObject old)
    {
        foreach (var (name, value) in target)
        {
            if (!IsBeside(name) && !Strategy.AreEqual(value, old[name]))
            {
                return false;
            }
        }

        return old.All(field => target.ContainsKey(field.Key) || IsBeside(field.Key) || Strategy.AreEqual(field.Value, null));
    }
}
