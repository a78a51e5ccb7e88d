using System.Text;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Admission;
using Strata.Client;
using Strata.Store;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>REST semantics of one kind over the store: everything between a decoded request and a stored revision, the same for all kinds
/// (apiserver: pkg/registry/generic/registry/store.go). Thread-safe.</summary>
/// <remarks>Writes follow one path: decode → change → default → admit → prepare → validate → admit → reserve → compare and swap; a lost race starts again with the
/// winner's object. Reads come from the watch cache, which is made to catch up first when the caller wants the latest.</remarks>
internal sealed partial class ResourceStore(ResourceStrategy strategy, RegistryServices services)
{
    // A write loses a race only when another one won, so this bounds unfairness, not progress.
    private const int MaxAttempts = 50;

    private readonly StoredJson _stored = new(strategy.Kind);
    private readonly string _prefix = PrefixOf(strategy.Kind);

    public ResourceStrategy Strategy { get; } = strategy;

    public KindInfo Kind => Strategy.Kind;

    /// <summary>Where a kind's objects are in the store: the plural, with its group when it has one.</summary>
    public static string PrefixOf(KindInfo kind) => kind.Group.Length == 0 ? $"/registry/{kind.Plural}/" : $"/registry/{kind.Plural}.{kind.Group}/";

    /// <summary>Reads one object straight from the store.</summary>
    public async ValueTask<StoredObject?> FindStoredAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        var entry = await services.Store.GetAsync(KeyOf(key), 0, cancellationToken);
        return entry is null ? null : ObjectOf(key, entry.Value, entry.ModRevision);
    }

    private byte[] KeyOf(ObjectKey key) =>
        Encoding.UTF8.GetBytes(Kind.Namespaced ? $"{_prefix}{key.Namespace}/{key.Name}" : $"{_prefix}{key.Name}");

    private StoredObject ObjectOf(ObjectKey key, ReadOnlyMemory<byte> stored, long revision) =>
        new(key, revision, new ApiObject(revision == 0 ? stored : _stored.WithRevision(stored.Span, revision)));

    private JsonObject Decode(StoreEntry entry) => DecodeJson(_stored.WithRevision(entry.Value.Span, entry.ModRevision));

    private static JsonObject DecodeJson(ReadOnlySpan<byte> json) => JsonNode.Parse(json)!.AsObject();

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
        };

    private void ThrowIfAny(FieldErrors errors, string name)
    {
        if (errors.Any)
        {
            throw ApiErrors.Invalid(Kind, name, errors.Causes);
        }
    }

    private WriteReservation? Reserve(JsonObject target, JsonObject? old, string name)
    {
        var errors = new FieldErrors();
        var reservation = Strategy.Reserve(target, old, errors);
        ThrowIfAny(errors, name);
        return reservation;
    }

    // A write that throws has an unknown outcome at worst; what it held is given back, and the allocators' repair finds what was stored after all.
    private static async ValueTask<T> HoldingAsync<T>(WriteReservation? reservation, Func<ValueTask<(T Result, bool IsStored)>> write)
    {
        var isStored = false;
        try
        {
            (var result, isStored) = await write();
            return result;
        }
        finally
        {
            if (isStored)
            {
                reservation?.Commit();
            }
            else
            {
                reservation?.Abandon();
            }
        }
    }
}
