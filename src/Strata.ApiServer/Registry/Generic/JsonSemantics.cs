using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Equality of object trees as Kubernetes sees it (apimachinery: equality.Semantic): what is absent equals null, an empty map, list or string,
/// because typed clients add or drop those when they write an object back.</summary>
internal static class JsonSemantics
{
    public static bool AreEqual(JsonNode? left, JsonNode? right)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        if (IsEmpty(left) || IsEmpty(right))
        {
            return IsEmpty(left) && IsEmpty(right);
        }

        return (left, right) switch
        {
            (JsonObject leftMap, JsonObject rightMap) => MapsEqual(leftMap, rightMap),
            (JsonArray leftList, JsonArray rightList) => ListsEqual(leftList, rightList),
            _ => JsonNode.DeepEquals(left, right) || (JsonTree.TryNumber(left, out var leftNumber) && JsonTree.TryNumber(right, out var rightNumber) && leftNumber == rightNumber),
        };
    }

    private static bool IsEmpty(JsonNode? node) => node switch
    {
        null => true,
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        _ => JsonTree.TryText(node, out var text) && text.Length == 0,
    };

    private static bool MapsEqual(JsonObject left, JsonObject right)
    {
        foreach (var (key, value) in left)
        {
            if (!AreEqual(value, right[key]))
            {
                return false;
            }
        }

        foreach (var (key, value) in right)
        {
            if (!left.ContainsKey(key) && !IsEmpty(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ListsEqual(JsonArray left, JsonArray right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var index = 0; index < left.Count; index++)
        {
            if (!AreEqual(left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }
}
