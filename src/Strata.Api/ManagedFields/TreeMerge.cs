using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>Merges an applied tree into a live one by schema (structured-merge-diff: typed/merge.go). Members of the live tree that the applied one does not mention stay.</summary>
public static class TreeMerge
{
    /// <returns>A new tree; the arguments are not changed.</returns>
    public static JsonObject Merge(JsonObject live, JsonObject applied, MergeSchema schema) => MergeMaps(live, applied, schema);

    // A null that is applied clears a leaf, and says nothing about a map or list.
    private static JsonNode? MergeValue(JsonNode? live, JsonNode? applied, MergeSchema schema) => (schema.ShapeOf(applied), live, applied) switch
    {
        (MergeShape.Leaf, _, _) => applied?.DeepClone(),
        (_, _, null) => live?.DeepClone(),
        (MergeShape.Map, JsonObject liveMap, JsonObject map) => MergeMaps(liveMap, map, schema),
        (MergeShape.Map, _, JsonObject map) => MergeMaps([], map, schema), // Takes the nulls out on the way.
        (MergeShape.Set or MergeShape.KeyedList, JsonArray liveList, JsonArray list) when liveList.Count > 0 && list.Count > 0 => MergeLists(liveList, list, schema),
        (MergeShape.Set or MergeShape.KeyedList, JsonArray { Count: > 0 }, JsonArray) => live.DeepClone(),
        (MergeShape.Set or MergeShape.KeyedList, _, JsonArray list) => MergeLists([], list, schema),
        _ => applied.DeepClone(),
    };

    private static JsonObject MergeMaps(JsonObject live, JsonObject applied, MergeSchema schema)
    {
        var result = new JsonObject();
        foreach (var (name, value) in live)
        {
            Set(name, applied.TryGetPropertyValue(name, out var wanted) ? MergeValue(value, wanted, schema.Member(name, out _)) : value?.DeepClone());
        }

        foreach (var (name, wanted) in applied)
        {
            if (!live.ContainsKey(name))
            {
                Set(name, MergeValue(null, wanted, schema.Member(name, out _)));
            }
        }

        return result;

        void Set(string name, JsonNode? value)
        {
            if (value is not null)
            {
                result[name] = value;
            }
        }
    }

    // Applied items keep the order they were applied in; live items that were not applied stay behind the live item they followed, as far as the applied order allows.
    private static JsonArray MergeLists(JsonArray live, JsonArray applied, MergeSchema schema)
    {
        var element = schema.Element ?? DeducedSchema.Instance;
        var liveSteps = Steps(live, schema);
        var appliedSteps = Steps(applied, schema);
        var appliedAt = IndexOf(appliedSteps);
        var liveAt = IndexOf(liveSteps);
        var result = new JsonArray();
        var next = 0;
        for (var index = 0; index < live.Count; index++)
        {
            if (!appliedAt.TryGetValue(liveSteps[index], out var wanted))
            {
                result.Add(live[index]?.DeepClone());
                continue;
            }

            // Everything up to this shared item comes now, unless a shared item that the live list has further down is in between: then this one waits for it.
            if (wanted < next || HasSharedBetween(next, wanted))
            {
                continue;
            }

            TakeUpTo(wanted);
        }

        TakeUpTo(applied.Count - 1);
        return result;

        bool HasSharedBetween(int from, int to)
        {
            for (var index = from; index < to; index++)
            {
                if (liveAt.ContainsKey(appliedSteps[index]))
                {
                    return true;
                }
            }

            return false;
        }

        void TakeUpTo(int last)
        {
            for (; next <= last; next++)
            {
                var own = liveAt.TryGetValue(appliedSteps[next], out var position) ? live[position] : null;
                result.Add(MergeValue(own, applied[next], element));
            }
        }
    }

    private static PathElement[] Steps(JsonArray list, MergeSchema schema)
    {
        var steps = new PathElement[list.Count];
        for (var index = 0; index < steps.Length; index++)
        {
            steps[index] = ListItems.Element(schema, list[index], index);
        }

        return steps;
    }

    private static Dictionary<PathElement, int> IndexOf(PathElement[] steps)
    {
        var index = new Dictionary<PathElement, int>(steps.Length);
        for (var position = 0; position < steps.Length; position++)
        {
            index.TryAdd(steps[position], position);
        }

        return index;
    }
}
