using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Structural;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.CustomResources.Conversion;

/// <summary>Reads stored custom resources as the definition is now: converted to the served version, without fields that are gone, with defaults that have come since.</summary>
/// <remarks>Hot path: runs for every object that enters memory. Bytes that are right as they lie are handed on.</remarks>
internal sealed class StoredVersionConverter(CustomResourceVersion version, ICustomResourceConverter converter) : IVersionConverter
{
    private readonly StoredJson _served = new(version.Kind);
    private readonly byte[] _currentPrefix = Prefix(version.StorageKind.Kind, version.StorageKind.ApiVersion);
    private readonly byte[] _servedPrefix = Prefix(version.Kind.Kind, version.Kind.ApiVersion);

    public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> FromStoredAsync(IReadOnlyList<ReadOnlyMemory<byte>> stored, CancellationToken cancellationToken)
    {
        var served = new ReadOnlyMemory<byte>[stored.Count];
        var others = new List<(int Index, JsonObject Object)>();
        for (var index = 0; index < served.Length; index++)
        {
            served[index] = stored[index];
            if (Parse(stored[index]) is not { } found)
            {
                continue; // Whoever reads it will say so.
            }

            if (!stored[index].Span.StartsWith(_servedPrefix))
            {
                others.Add((index, found));
            }
            else if (Adapt(found))
            {
                served[index] = _served.Encode(found);
            }
        }

        if (others.Count > 0)
        {
            var converted = await converter.ConvertAsync([.. others.Select(static other => other.Object)], version.Kind, cancellationToken);
            foreach (var ((index, _), target) in others.Zip(converted))
            {
                Adapt(target);
                served[index] = _served.Encode(target);
            }
        }

        return served;
    }

    public async ValueTask<JsonObject> ToStoredAsync(JsonObject served, CancellationToken cancellationToken) =>
        version.Kind == version.StorageKind ? served : (await converter.ConvertAsync([served], version.StorageKind, cancellationToken))[0];

    public bool IsCurrent(ReadOnlySpan<byte> stored) => stored.StartsWith(_currentPrefix);

    // Whether that changed anything.
    private bool Adapt(JsonObject target) => Pruner.Prune(target, version.Schema) | Defaulter.Default(target, version.Schema);

    private static JsonObject? Parse(ReadOnlyMemory<byte> stored)
    {
        try
        {
            return stored.IsEmpty ? null : JsonNode.Parse(stored.Span) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Objects are stored with these members first; see StoredJson.
    private static byte[] Prefix(string kind, string apiVersion) => Encoding.UTF8.GetBytes($$"""{"kind":"{{kind}}","apiVersion":"{{apiVersion}}",""");
}
