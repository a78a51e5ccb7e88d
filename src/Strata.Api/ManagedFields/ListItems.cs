using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>The identity of list items.</summary>
internal static class ListItems
{
    /// <summary>The step to an item; by its position when it has no identity (an item without keys, a null).</summary>
    public static PathElement Element(MergeSchema list, JsonNode? item, int index) => TryElement(list, item) ?? PathElement.Index(index);

    /// <returns>Null when the item has no identity.</returns>
    public static PathElement? TryElement(MergeSchema list, JsonNode? item)
    {
        if (list.ShapeOf(null) == MergeShape.Set)
        {
            return item is JsonValue ? PathElement.Value(item) : null;
        }

        if (item is not JsonObject members)
        {
            return null;
        }

        var keys = list.Keys;
        var values = new KeyValuePair<string, JsonNode?>[keys.Count];
        var count = 0;
        var hasOwn = false;
        for (var index = 0; index < keys.Count; index++)
        {
            var own = members[keys[index].Name];
            hasOwn |= own is not null;
            if ((own ?? keys[index].Default) is { } value)
            {
                values[count++] = new KeyValuePair<string, JsonNode?>(keys[index].Name, value);
            }
        }

        return hasOwn ? PathElement.Key(values.AsSpan(0, count)) : null;
    }

    /// <summary>Whether two lists have the same items in the same places, so that they need no index.</summary>
    public static bool AreAligned(MergeSchema list, JsonArray left, JsonArray right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var index = 0; index < left.Count; index++)
        {
            if (!HaveSameIdentity(list, left[index], right[index]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool HaveSameIdentity(MergeSchema list, JsonNode? left, JsonNode? right)
    {
        if (left is not JsonObject leftMembers || right is not JsonObject rightMembers)
        {
            return left is JsonValue && right is JsonValue && list.Keys.Count == 0 && JsonNode.DeepEquals(left, right);
        }

        var isIdentified = false;
        foreach (var key in list.Keys)
        {
            var (own, other) = (leftMembers[key.Name], rightMembers[key.Name]);
            isIdentified |= own is not null && other is not null;
            if (!JsonNode.DeepEquals(own ?? key.Default, other ?? key.Default))
            {
                return false;
            }
        }

        return isIdentified;
    }
}
