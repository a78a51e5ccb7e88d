using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Equality of objects whose fields only their schema knows: an empty value is not the same as none. Metadata is compared as for all kinds.</summary>
internal static class ExactJson
{
    public static bool AreEqual(JsonNode? left, JsonNode? right)
    {
        if (left is not JsonObject one || right is not JsonObject other || !IsResource(one) || !IsResource(other))
        {
            return JsonNode.DeepEquals(left, right);
        }

        return one.All(field => field.Key == "metadata" ? JsonSemantics.AreEqual(field.Value, other["metadata"]) : JsonNode.DeepEquals(field.Value, other[field.Key]))
            && other.All(field => field.Value is null || one.ContainsKey(field.Key));
    }

    private static bool IsResource(JsonObject value) => value["metadata"] is JsonObject && value.ContainsKey("kind");
}
