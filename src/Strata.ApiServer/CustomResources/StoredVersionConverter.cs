using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources;

/// <summary>Reads stored custom resources as the definition is now: converted to the served version, without fields that are gone, with defaults that have come since.</summary>
/// <remarks>Hot path: runs for every object that enters memory. Bytes that are right as they lie are handed on.</remarks>
internal sealed class StoredVersionConverter(CustomResourceVersion version, ICustomResourceConverter converter) : IVersionConverter
{
    private readonly StoredJson _served = new(version.Kind);
    private readonly byte[] _currentPrefix = Prefix(version.StorageKind.Kind, version.StorageKind.ApiVersion);
    private readonly byte[] _servedPrefix = Prefix(version.Kind.Kind, version.Kind.ApiVersion);

    public ReadOnlyMemory<byte> FromStored(ReadOnlyMemory<byte> stored)
    {
        var target = JsonNode.Parse(stored.Span) as JsonObject ?? throw new JsonException("not a JSON object");
        var isServed = stored.Span.StartsWith(_servedPrefix);
        if (!isServed)
        {
            target = converter.Convert(target, version.Kind);
        }

        var isChanged = Pruner.Prune(target, version.Schema) | Defaulter.Default(target, version.Schema);
        return isServed && !isChanged ? stored : _served.Encode(target);
    }

    public JsonObject ToStored(JsonObject served) =>
        ReferenceEquals(version.Kind, version.StorageKind) || version.Kind == version.StorageKind ? served : converter.Convert((JsonObject)served.DeepClone(), version.StorageKind);

    public bool IsCurrent(ReadOnlySpan<byte> stored) => stored.StartsWith(_currentPrefix);

    // Objects are stored with these members first; see StoredJson.
    private static byte[] Prefix(string kind, string apiVersion) => Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","apiVersion":"{{apiVersion}}",""");
}
