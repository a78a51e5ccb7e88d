using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.ManagedFields;
using Strata.Api.Models;
using Strata.Api.OpenApi;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>One kind's API rules: names, defaults, preparation, validation, selectable fields and printer columns. Generic REST and storage do the rest.
/// Stateless and thread-safe. Objects are JSON trees; a hook may change the tree it is given.</summary>
/// <remarks>Order on create: Default → admission → PrepareForCreate → Validate → ReserveAsync → store. On update and patch: Default → admission → PrepareForUpdate →
/// Validate → ValidateUpdate → ReserveAsync → store. On delete: PrepareForDelete when something keeps the object, else removal and OnDeletedAsync. Generic metadata (uid, timestamps, generation start, names, labels) is set and validated by the caller.</remarks>
internal abstract class ResourceStrategy
{
    public abstract KindInfo Kind { get; }

    /// <summary>Further versions in which the kind is served; <see cref="Kind"/> is the one in which it is stored.</summary>
    public virtual IReadOnlyList<ServedVersion> OtherVersions => [];

    public virtual string Singular => Kind.Kind.ToLowerInvariant();

    public virtual IReadOnlyList<string> ShortNames => [];

    /// <summary>Groups of resources such as <c>all</c>.</summary>
    public virtual IReadOnlyList<string> Categories => [];

    /// <summary>Whether <c>/status</c> exists: then writes to the main resource keep the stored status, and writes to /status keep the rest.</summary>
    public virtual bool HasStatus => false;

    /// <summary>Whether metadata.generation counts changes of what the user wants.</summary>
    public virtual bool HasGeneration => false;

    /// <summary>Whether PUT without resourceVersion overwrites unconditionally.</summary>
    public virtual bool AllowsUnconditionalUpdate => true;

    /// <summary>Whether PUT to a missing name creates it.</summary>
    public virtual bool AllowsCreateOnUpdate => false;

    /// <summary>Whether DELETE answers with the object instead of a Status.</summary>
    public virtual bool ReturnsObjectOnDelete => false;

    /// <summary>Whether a DELETE that says nothing of dependents leaves them behind, as the oldest kinds do.</summary>
    public virtual bool OrphansByDefault => false;

    /// <summary>What to warn of when a DELETE leaves dependents behind without having said so; null for nothing.</summary>
    public virtual string? OrphaningWarning => null;

    /// <summary>Scale subresource, or null: JSON paths as in a CRD.</summary>
    public virtual ScalePaths? Scale => null;

    /// <summary>How fields merge and are owned.</summary>
    public virtual MergeSchema MergeSchema => TableSchema.ForKind(Kind.ApiVersion, Kind.Kind) ?? (MergeSchema)DeducedSchema.Instance;

    /// <summary>Columns of <c>kubectl get</c>.</summary>
    public virtual IReadOnlyList<TableColumn> Columns => TableColumn.NameAndAge;

    /// <summary>Kind of the list document.</summary>
    public virtual string ListKind => Kind.Kind + "List";

    /// <summary>The same kind in the version that is stored; another than <see cref="Kind"/> when one kind is served in several versions.</summary>
    public virtual KindInfo StorageKind => Kind;

    /// <summary>Turns what is stored into the served version, when that takes more than reading it; null when the bytes are served as they are.</summary>
    public virtual IVersionConverter? Converter => null;

    /// <summary>Unknown fields and types of this kind when they are not those of the built-in schema; null for built-in kinds.</summary>
    public virtual IFieldSchema? Fields => null;

    /// <summary>What OpenAPI tells about a kind that is not built in; null for built-in kinds.</summary>
    public virtual CustomKind? Published => null;

    /// <summary>Whether a finalizer may be a name without a domain; built-in kinds allow only the standard ones.</summary>
    public virtual bool AllowsAnyFinalizer => false;

    /// <summary>Whether two objects, or two values of the same field, say the same: an update that changes nothing is not written.</summary>
    public virtual bool AreEqual(JsonNode? left, JsonNode? right) => JsonSemantics.AreEqual(left, right);

    /// <summary>Checks metadata.name; adds a problem to <paramref name="errors"/> at <c>metadata.name</c>.</summary>
    public virtual void ValidateName(string name, FieldErrors errors) => ObjectNames.ValidateSubdomain(name, "metadata.name", errors);

    /// <summary>Fills in defaults. Idempotent.</summary>
    public virtual void Default(JsonObject target)
    {
    }

    /// <summary>Drops or sets what a client may not choose at creation (status, for example).</summary>
    public virtual void PrepareForCreate(JsonObject target)
    {
    }

    /// <summary>Carries over from <paramref name="old"/> what an update may not change silently. Status is handled by the caller.</summary>
    public virtual void PrepareForUpdate(JsonObject target, JsonObject old)
    {
    }

    /// <summary>As <see cref="PrepareForUpdate"/> for writes to /status; the caller already restored everything but status and metadata.</summary>
    public virtual void PrepareForStatusUpdate(JsonObject target, JsonObject old)
    {
    }

    /// <summary>Collects every problem of the whole object.</summary>
    public virtual void Validate(JsonObject target, FieldErrors errors)
    {
    }

    /// <summary>Collects every problem of an object after an update; forbidden changes are <see cref="ValidateUpdate"/>'s.</summary>
    public virtual void ValidateChanged(JsonObject target, JsonObject old, WriteMode mode, FieldErrors errors)
    {
        if (mode is WriteMode.Main or WriteMode.Part)
        {
            Validate(target, errors);
        }
    }

    /// <summary>Collects what is wrong in a new object and would be let be in an old one.</summary>
    public virtual void ValidateCreate(JsonObject target, FieldErrors errors)
    {
    }

    /// <summary>Collects forbidden changes.</summary>
    public virtual void ValidateUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
    }

    /// <summary>Collects what is wrong with a status written through /status, by itself and as a step from the stored one.</summary>
    public virtual void ValidateStatusUpdate(JsonObject target, JsonObject old, FieldErrors errors)
    {
    }

    /// <summary>Values for field selectors besides metadata.name and metadata.namespace, by selector name. Every supported name must be present.</summary>
    public virtual IReadOnlyDictionary<string, string> SelectableFields(JsonElement source) => FrozenDictionary<string, string>.Empty;

    /// <summary>Cells for <see cref="Columns"/>, in order.</summary>
    /// <param name="source">The stored object.</param>
    /// <param name="now">Time for ages.</param>
    public virtual IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) => TableColumn.NameAndAgeCells(source, now);

    /// <summary>Seconds of graceful deletion that the object wants, or 0 when it can go at once. Only pods have any.</summary>
    /// <param name="requested">What the caller of DELETE asked for; null for the object's own.</param>
    public virtual long GracePeriodSeconds(JsonObject target, long? requested) => 0;

    /// <summary>Takes what the object needs from outside and writes it into the tree. Called last before the store, only when validation found nothing;
    /// every attempt of a retried write reserves anew. Thread-safe.</summary>
    /// <param name="old">The stored object; null on create.</param>
    /// <param name="errors">Gets a problem when something asked for cannot be had; the result is then null and nothing is held.</param>
    /// <returns>What the caller must commit or abandon; null when there is nothing to hold.</returns>
    public virtual ValueTask<WriteReservation?> ReserveAsync(JsonObject target, JsonObject? old, FieldErrors errors, CancellationToken cancellationToken) => default;

    /// <summary>Marks an object whose deletion begins but which has to wait for finalizers; metadata.deletionTimestamp is already set.</summary>
    public virtual void PrepareForDelete(JsonObject target)
    {
    }

    /// <summary>Whether something besides metadata.finalizers and the grace period keeps a deleted object. Only namespaces have such a thing (spec.finalizers).</summary>
    public virtual bool IsDeletionPending(JsonObject target) => false;

    /// <summary>Gives back what the object held. Called once after its removal from the store.</summary>
    public virtual ValueTask OnDeletedAsync(JsonElement last) => ValueTask.CompletedTask;
}
