using System.Text;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

internal sealed partial class ResourceStore
{
    private const int MaxGeneratedNames = 8;

    /// <summary>Stores a new object.</summary>
    /// <param name="namespaceName">Namespace of the request; empty for cluster-scoped kinds.</param>
    /// <param name="name">Name in the request's path, for creation by PUT; null otherwise.</param>
    /// <param name="target">The object; changed on the way.</param>
    /// <exception cref="ApiException">AlreadyExists, Invalid, or what admission says.</exception>
    public async ValueTask<ServedObject> CreateAsync(
        WriteContext context, string namespaceName, string? name, JsonObject target, CancellationToken cancellationToken)
    {
        var metadata = target.Metadata();
        CheckNamespace(metadata, namespaceName);
        CheckName(metadata, name);
        if (metadata.Text("resourceVersion") is not (null or "0"))
        {
            throw ApiErrors.BadRequest("resourceVersion should not be set on objects to be created");
        }

        if (metadata.Text("name") is not null || metadata.Text("generateName") is not { } prefix)
        {
            return await TryCreateAsync(context, target, cancellationToken)
                ?? throw ApiErrors.AlreadyExists(Kind, metadata.TextOrEmpty("name"));
        }

        for (var attempt = 0; attempt < MaxGeneratedNames; attempt++)
        {
            var candidate = (JsonObject)target.DeepClone();
            candidate.Metadata()["name"] = _services.Identities.NewName(prefix);
            if (await TryCreateAsync(context, candidate, cancellationToken) is { } created)
            {
                return created;
            }
        }

        throw new ApiException(ApiErrors.AlreadyExists(Kind, prefix).Status with
        {
            Message = $"{Kind.Plural} \"{prefix}\" already exists, the server was not able to generate a unique name for the object",
            RetryAfterSeconds = 1,
        });
    }

    /// <returns>Null when the name is taken.</returns>
    private async ValueTask<ServedObject?> TryCreateAsync(WriteContext context, JsonObject target, CancellationToken cancellationToken)
    {
        var given = FieldOwnership.Detach(target);
        SetMetadataForCreate(target.Metadata());
        Strategy.Default(target);
        var owners = _ownership.OnCreate(context.Owner, target, given); // Before admission: what plugins add has no owner.
        var key = KeyIn(target);
        var admission = Admission(context, AdmissionOperation.Create, key, "", target, null);
        await _services.Admission.MutateAsync(admission, cancellationToken);
        Strategy.Default(target);
        Strategy.PrepareForCreate(target);

        var errors = new FieldErrors();
        MetadataValidation.Validate(target, Strategy, errors);
        Strategy.Validate(target, errors);
        Strategy.ValidateCreate(target, errors);
        CheckKeyLength(key, errors);
        ThrowIfAny(errors, key.Name);
        await _services.Admission.ValidateAsync(admission, cancellationToken);

        var storeKey = KeyOf(key);
        var reservation = await ReserveAsync(admission, target, null, key.Name, cancellationToken);
        return await HoldingAsync<ServedObject?>(reservation, async () =>
        {
            var encoded = await EncodeAsync(target, ManagedEntries.Write(owners), cancellationToken);
            if (context.DryRun)
            {
                var existing = await _services.Store.GetAsync(storeKey, 0, cancellationToken);
                return (existing is null ? ObjectOf(key, encoded.Served, 0) : null, false);
            }

            var outcome = await _services.Store.PutAsync(storeKey, encoded.Stored, ExpectedRevision.Absent, cancellationToken);
            return outcome.IsCommitted ? (ObjectOf(key, encoded.Served, outcome.Revision), true) : (null, false);
        });
    }

    private void SetMetadataForCreate(JsonObject metadata)
    {
        foreach (var field in (ReadOnlySpan<string>)["selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation", "resourceVersion"])
        {
            metadata.Remove(field);
        }

        metadata["uid"] = _services.Identities.NewUid();
        metadata["creationTimestamp"] = KubeTime.Format(_services.Clock.GetUtcNow());
        if (Strategy.HasGeneration)
        {
            metadata["generation"] = 1;
        }
    }

    private void CheckNamespace(JsonObject metadata, string namespaceName)
    {
        if (!Kind.Namespaced)
        {
            return; // A namespace on such an object is refused by validation.
        }

        if (metadata.Text("namespace") is not { } given)
        {
            metadata["namespace"] = namespaceName;
        }
        else if (given != namespaceName)
        {
            throw ApiErrors.BadRequest(
                $"the namespace of the provided object does not match the namespace sent on the request: expected {namespaceName}, got {given}");
        }
    }

    private static void CheckName(JsonObject metadata, string? name)
    {
        if (name is null)
        {
            return;
        }

        if (metadata.Text("name") is not { } given)
        {
            metadata["name"] = name;
        }
        else if (given != name)
        {
            throw ApiErrors.BadRequest($"the name of the object ({given}) does not match the name on the URL ({name})");
        }
    }

    private ObjectKey KeyIn(JsonObject target) =>
        new(Kind.Namespaced ? target.Metadata().TextOrEmpty("namespace") : "", target.Metadata().TextOrEmpty("name"));

    // Names that are path segments have no limit of their own (roles, certificate requests).
    private void CheckKeyLength(ObjectKey key, FieldErrors errors)
    {
        var most = IRevisionedStore.MaxKeyLength - Encoding.UTF8.GetByteCount(PrefixIn(key.Namespace));
        if (Encoding.UTF8.GetByteCount(key.Name) > most)
        {
            errors.TooLong("metadata.name", most);
        }
    }
}
