using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Strata.Api.OpenApi;

/// <summary>What OpenAPI tells about a kind that is not built in.</summary>
public sealed class CustomKind(string listKind, JsonObject schema, IReadOnlyList<string> selectableFields)
{
    private readonly Lazy<string> _hash = new(() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(schema.ToJsonString() + string.Join(',', selectableFields)))));

    /// <summary>Kind of the list document.</summary>
    public string ListKind { get; } = listKind;

    /// <summary>The schema in its definition; nobody changes it.</summary>
    public JsonObject Schema { get; } = schema;

    /// <summary>Dot-separated paths of the fields that a selector may name.</summary>
    public IReadOnlyList<string> SelectableFields { get; } = selectableFields;

    /// <summary>Another one when anything here is different.</summary>
    public string Hash => _hash.Value;
}
