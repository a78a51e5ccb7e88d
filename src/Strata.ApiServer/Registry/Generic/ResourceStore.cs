using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.ApiServer.Cache;
using Strata.Client;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>REST semantics of one kind over the store: everything between a decoded request and a stored revision, the same for all kinds
/// (apiserver: pkg/registry/generic/registry/store.go). Thread-safe.</summary>
/// <remarks>Writes follow one path: decode → change → default → admit → prepare → validate → admit → reserve → compare and swap; a lost race starts again with the
/// winner's object. Reads come from the watch cache, which is made to catch up first when the caller wants the latest.</remarks>
internal sealed partial class ResourceStore
{
    // A write loses a race only when another one won, so this bounds unfairness, not progress.
    private const int MaxAttempts = 50;

    // Enough for watchers that come back after a short absence; those away for longer list again.
    private const int RecentEvents = 2048;
    private const int RecentEventBytes = 4 << 20;

    private readonly RegistryServices _services;
    private readonly StoredJson _stored;
    private readonly StoredJson _served;
    private readonly string _prefix;
    private readonly SelectableFieldReader _fields;
    private readonly WatchCache _cache;
    private readonly FieldOwnership _ownership;

    public ResourceStore(ResourceStrategy strategy, RegistryServices services)
    {
        Strategy = strategy;
        _services = services;
        _stored = new StoredJson(strategy.StorageKind);
        _served = new StoredJson(strategy.Kind);
        _prefix = PrefixOf(strategy.Kind);
        _fields = new SelectableFieldReader(strategy);
        _ownership = new FieldOwnership(strategy, services.Clock);
        _cache = new WatchCache(
            services.Store,
            new WatchCacheOptions { Prefix = _prefix, Fields = _fields.Read, Decode = strategy.Converter is { } converter ? converter.FromStoredAsync : null, RecentEvents = RecentEvents, RecentEventBytes = RecentEventBytes },
            services.Clock, services.Loggers.CreateLogger<WatchCache>());
    }

    public ResourceStrategy Strategy { get; }

    public KindInfo Kind => Strategy.Kind;

    /// <summary>Who owns which field of the kind's objects.</summary>
    public FieldOwnership Ownership => _ownership;

    /// <summary>Where a kind's objects are in the store: the plural, with its group when it has one.</summary>
    public static string PrefixOf(KindInfo kind) => kind.Group.Length == 0 ? $"/registry/{kind.Plural}/" : $"/registry/{kind.Plural}.{kind.Group}/";

    /// <summary>Keeps the kind's watch cache current until cancelled; the owner runs it once and awaits it at stop.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => _cache.RunAsync(cancellationToken);

    /// <summary>Whether the kind can be listed and watched.</summary>
    public bool IsFilled => _cache.Snapshot().Revision > 0;

    /// <summary>Returns when the kind can be listed and watched.</summary>
    public ValueTask WaitUntilFilledAsync(CancellationToken cancellationToken) => _cache.WaitUntilAsync(1, cancellationToken);

    private string TextKeyOf(ObjectKey key) => Kind.Namespaced ? $"{_prefix}{key.Namespace}/{key.Name}" : _prefix + key.Name;

    /// <exception cref="ApiException">NotFound: the name is longer than any that is stored.</exception>
    private byte[] KeyOf(ObjectKey key) => Encoding.UTF8.GetBytes(TextKeyOf(key)) is { Length: <= IRevisionedStore.MaxKeyLength } bytes ? bytes : throw ApiErrors.NotFound(Kind, key.Name);

    private async ValueTask<ServedObject> ObjectOfAsync(ObjectKey key, StoreEntry entry, CancellationToken cancellationToken) =>
        ObjectOf(key, await ServedAsync(entry.Value, cancellationToken), entry.ModRevision);

    private static ServedObject ObjectOf(ObjectKey key, ReadOnlyMemory<byte> served, long revision) =>
        new(key, new ApiObject(revision == 0 ? served : StoredObject.WithResourceVersion(served.Span, revision)));

    private async ValueTask<ReadOnlyMemory<byte>> ServedAsync(ReadOnlyMemory<byte> stored, CancellationToken cancellationToken) =>
        Strategy.Converter is { } converter ? (await converter.FromStoredAsync([stored], cancellationToken))[0] : stored;

    private static JsonObject Parse(ReadOnlyMemory<byte> served, long revision) => JsonNode.Parse(StoredObject.WithResourceVersion(served.Span, revision))!.AsObject();

    private async ValueTask<EncodedObject> EncodeAsync(JsonObject target, ReadOnlyMemory<byte> managedFields, CancellationToken cancellationToken)
    {
        if (Strategy.Converter is not { } converter)
        {
            var only = _stored.Encode(target, managedFields.Span);
            return new EncodedObject(only, only);
        }

        var served = _served.Encode(target, managedFields.Span);
        var stored = Strategy.Kind == Strategy.StorageKind
            ? served
            : _stored.Encode(await converter.ToStoredAsync(JsonNode.Parse(served)!.AsObject(), cancellationToken));
        return new EncodedObject(stored, served);
    }

    private AdmissionRequest Admission(
        WriteContext context, AdmissionOperation operation, ObjectKey key, string subresource, JsonObject? target, JsonObject? old) => new()
        {
            Operation = operation,
            Kind = Kind,
            Subresource = subresource,
            Namespace = key.Namespace,
            Name = key.Name,
            User = context.User,
            Object = target,
            OldObject = old,
            DryRun = context.DryRun,
            Warn = context.Warn,
            Reviewed = context.Reviewed,
        };

    private void ThrowIfAny(FieldErrors errors, string name)
    {
        if (errors.Any)
        {
            throw ApiErrors.Invalid(Kind, name, errors.Causes);
        }
    }

    private async ValueTask<WriteReservation?> ReserveAsync(AdmissionRequest admission, JsonObject target, JsonObject? old, string name, CancellationToken cancellationToken)
    {
        var errors = new FieldErrors();
        try
        {
            var reservation = await Strategy.ReserveAsync(target, old, errors, cancellationToken);
            ThrowIfAny(errors, name);
            return WriteReservation.Both(reservation, admission.Held);
        }
        catch
        {
            await EndAsync(admission.Held, isStored: false);
            throw;
        }
    }

    private static async ValueTask<T> HoldingAsync<T>(WriteReservation? reservation, Func<ValueTask<(T Result, bool IsStored)>> write)
    {
        (T Result, bool IsStored) outcome;
        try
        {
            outcome = await write();
        }
        catch (Exception e) when (e is not StoreException or StoreFullException or StoreUnavailableException or StoreValueTooLargeException)
        {
            await EndAsync(reservation, isStored: false);
            throw;
        }

        // Any other failure of the store leaves it open whether the object is there. Then what it holds stays held until the repair has
        // looked at the stored objects: an address lost for minutes does no harm, one given out twice would.
        await EndAsync(reservation, outcome.IsStored);
        return outcome.Result;
    }

    private static ValueTask EndAsync(WriteReservation? reservation, bool isStored) =>
        reservation is null ? ValueTask.CompletedTask : isStored ? reservation.CommitAsync() : reservation.AbandonAsync();
}
