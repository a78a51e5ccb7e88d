using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>A member that tells list items apart.</summary>
/// <param name="Default">Stands for an absent member; null when the member is then left out of the key.</param>
public sealed record ListKey(string Name, JsonNode? Default = null);
