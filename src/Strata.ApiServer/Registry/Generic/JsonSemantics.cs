using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Equality of object trees as Kubernetes sees it (apimachinery: equality.Semantic): what is absent equals null, an empty map, list or string,
/// because typed clients add or drop
/// those when they write an object back. Maps of the user's own keys, and the few fields where empty has a meaning, are compared exactly.</summary>
internal static class JsonSemantics
{
    // Maps whose keys are the user's: a key with an empty value is not the same as no key (the label of a node's role, say).
    private static readonly FrozenSet<string> UserMaps = FrozenSet.Create(
        StringComparer.Ordinal, "labels", "annotations", "data", "binaryData", "nodeSelector", "matchLabels", "selector", "parameters");

    // Fields in which empty says something else than absent: an empty selector selects everything, none nothing.
    private static readonly FrozenSet<string> EmptyMatters = FrozenSet.Create(
        StringComparer.Ordinal, "labelSelector", "namespaceSelector", "podSelector", "objectSelector", "emptyDir", "storageClassName");

    public static bool AreEqual(JsonNode? left, JsonNode? right) => AreEqual(left, right, isUserMap: false);

    /// <summary>Whether a field is the same in two objects; its name tells whether empty and absent differ.</summary>
    public static bool AreEqual(JsonObject? left, JsonObject? right, string field) => FieldEqual(field, left?[field], right?[field]);

    private static bool AreEqual(JsonNode? left, JsonNode? right, bool isUserMap)
    {
        if (ReferenceEquals(left, right))
        {
            return true;
        }

        return (left, right) switch
        {
            (JsonObject leftMap, JsonObject rightMap) => isUserMap ? UserMapsEqual(leftMap, rightMap) : FieldsEqual(leftMap, rightMap),
            (JsonObject map, null) => isUserMap ? map.Count == 0 : map.All(static field => FieldEqual(field.Key, field.Value, null)),
            (null, JsonObject) => AreEqual(right, left, isUserMap),
            (JsonArray leftList, JsonArray rightList) => ListsEqual(leftList, rightList),
            _ when left is null || right is null => IsEmpty(left ?? right),
            _ => JsonNode.DeepEquals(left, right) || (JsonTree.TryNumber(left, out var leftNumber) && JsonTree.TryNumber(right, out var rightNumber) && leftNumber == rightNumber),
        };
    }

    private static bool IsEmpty(JsonNode? node) =>
        node is JsonArray { Count: 0 } || (JsonTree.TryText(node, out var text) && text.Length == 0);

    private static bool UserMapsEqual(JsonObject left, JsonObject right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        foreach (var (key, value) in left)
        {
            if (!right.TryGetPropertyValue(key, out var other) || !AreEqual(value, other))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FieldsEqual(JsonObject left, JsonObject right)
    {
        foreach (var (name, value) in left)
        {
            if (!FieldEqual(name, value, right[name]))
            {
                return false;
            }
        }

        foreach (var (name, value) in right)
        {
            if (!left.ContainsKey(name) && !FieldEqual(name, null, value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool FieldEqual(string name, JsonNode? left, JsonNode? right) =>
        (left is null == right is null || !EmptyMatters.Contains(name)) && AreEqual(left, right, UserMaps.Contains(name));

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
