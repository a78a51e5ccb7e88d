using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>A further version of a built-in kind: conversions are plain functions, and it prints what the stored version prints.</summary>
/// <param name="kind">As clients of this version know it.</param>
/// <param name="stored">The strategy of the stored version.</param>
internal abstract class BuiltInVersion(KindInfo kind, ResourceStrategy stored) : ServedVersion
{
    private StoredPrinter? _printer;

    public override KindInfo Kind => kind;

    public override ResourceStrategy Printer => _printer ??= new StoredPrinter(this, stored);

    public override ValueTask<JsonObject> ToStoredAsync(JsonObject served, CancellationToken cancellationToken) => ValueTask.FromResult(Stamped(ToStored(served), stored.Kind));

    public override ValueTask<IReadOnlyList<JsonObject>> FromStoredAsync(IReadOnlyList<JsonObject> stored, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<JsonObject>>([.. stored.Select(target => Stamped(FromStored(target), kind))]);

    /// <summary>Changes everything but apiVersion and kind.</summary>
    protected abstract JsonObject ToStored(JsonObject served);

    protected abstract JsonObject FromStored(JsonObject stored);

    private static JsonObject Stamped(JsonObject target, KindInfo kind)
    {
        target["apiVersion"] = kind.ApiVersion;
        target["kind"] = kind.Kind;
        return target;
    }

    private sealed class StoredPrinter(BuiltInVersion version, ResourceStrategy stored) : ResourceStrategy
    {
        public override KindInfo Kind => version.Kind;

        public override IReadOnlyList<TableColumn> Columns => stored.Columns;

        public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
        {
            using var converted = JsonDocument.Parse(version.ToStored(JsonNode.Parse(source.GetRawText())!.AsObject()).ToJsonString());
            return stored.Row(converted.RootElement, now);
        }
    }
}
