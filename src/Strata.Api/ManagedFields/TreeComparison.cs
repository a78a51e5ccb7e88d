using System.Text.Json.Nodes;

namespace Strata.Api.ManagedFields;

/// <summary>What differs between two trees (structured-merge-diff: typed/compare.go). A value that is on one side only counts with everything below it.</summary>
public sealed record TreeComparison(FieldSet Added, FieldSet Modified, FieldSet Removed)
{
    public static readonly TreeComparison Same = new(FieldSet.Empty, FieldSet.Empty, FieldSet.Empty);

    private static readonly JsonObject EmptyMap = [];
    private static readonly JsonArray EmptyList = [];

    public bool IsSame => Added.IsEmpty && Modified.IsEmpty && Removed.IsEmpty;

    /// <summary>Compares two versions of an object. As in Go's types, a zero value that the type would not write counts as absent, an embedded struct as present.</summary>
    /// <param name="ignored">Paths to leave out with everything below them; null for none. Members of the root are not even looked at.</param>
    public static TreeComparison Between(JsonObject left, JsonObject right, MergeSchema schema, FieldSet? ignored = null)
    {
        var change = Of(WalkMap(left, right, schema, dropsZero: true, ignored));
        return ignored is null ? change : change.Without(ignored);
    }

    /// <summary>Compares an object with what an apply makes of it. A zero value that was applied counts, because somebody asked for it.</summary>
    public static TreeComparison WithMerged(JsonObject live, JsonObject merged, MergeSchema schema) => Of(Walk(live, merged, schema, dropsZero: false));

    /// <summary>The comparison without the given paths and everything below them.</summary>
    public TreeComparison Without(FieldSet ignored) =>
        ignored.IsEmpty || IsSame ? this : new TreeComparison(Added.RecursiveDifference(ignored), Modified.RecursiveDifference(ignored), Removed.RecursiveDifference(ignored));

    private static TreeComparison Of(in Delta delta) =>
        delta.IsEmpty ? Same : new TreeComparison(delta.Added ?? FieldSet.Empty, delta.Modified ?? FieldSet.Empty, delta.Removed ?? FieldSet.Empty);

    private static Delta Walk(JsonNode? left, JsonNode? right, MergeSchema schema, bool dropsZero)
    {
        var shape = schema.ShapeOf(right ?? left);
        if (left is not null && right is not null && shape != schema.ShapeOf(left))
        {
            shape = MergeShape.Leaf; // Without a schema a value may turn from one shape into another.
        }

        switch (shape)
        {
            case MergeShape.Map when left is null or JsonObject && right is null or JsonObject && !(IsEmpty(left) && IsEmpty(right)):
                return WalkMap(left as JsonObject, right as JsonObject, schema, dropsZero) with { Self = PresenceChange(left, right) };
            case MergeShape.Set or MergeShape.KeyedList when left is null or JsonArray && right is null or JsonArray && !(IsEmpty(left) && IsEmpty(right)):
                return WalkList(left as JsonArray, right as JsonArray, schema, dropsZero) with { Self = PresenceChange(left, right) };
            default:
                var change = PresenceChange(left, right);
                return new Delta(change == Change.None && !JsonNode.DeepEquals(left, right) ? Change.Modified : change, null, null, null);
        }
    }

    private static Delta WalkMap(JsonObject? left, JsonObject? right, MergeSchema schema, bool dropsZero, FieldSet? ignored = null)
    {
        var result = new DeltaBuilder();
        if (right is not null)
        {
            foreach (var (name, value) in right)
            {
                if (ignored?.Has(PathElement.Field(name)) == true)
                {
                    continue;
                }

                JsonNode? before = null;
                left?.TryGetPropertyValue(name, out before);
                WalkMember(name, before, value, left is not null, schema, dropsZero, ref result);
            }
        }

        if (left is not null)
        {
            foreach (var (name, value) in left)
            {
                if (right?.ContainsKey(name) != true && ignored?.Has(PathElement.Field(name)) != true)
                {
                    WalkMember(name, value, null, right is not null, schema, dropsZero, ref result);
                }
            }
        }

        return result.Build();
    }

    private static void WalkMember(string name, JsonNode? left, JsonNode? right, bool isParentOnBoth, MergeSchema schema, bool dropsZero, ref DeltaBuilder result)
    {
        var inner = schema.Member(name, out var field);
        if (dropsZero && field is { OmitsZero: true })
        {
            left = IsZero(left) ? null : left;
            right = IsZero(right) ? null : right;
        }
        if (isParentOnBoth && field is { IsEmbedded: true })
        {
            JsonNode nothing = inner.ShapeOf(null) == MergeShape.KeyedList ? EmptyList : EmptyMap;
            left ??= nothing;
            right ??= nothing;
        }

        if (left is null && right is null)
        {
            return;
        }

        var delta = Walk(left, right, inner, dropsZero);
        if (!delta.IsEmpty)
        {
            result.Add(field?.Element ?? PathElement.Field(name), delta);
        }
    }

    private static Delta WalkList(JsonArray? left, JsonArray? right, MergeSchema schema, bool dropsZero)
    {
        var element = schema.Element ?? DeducedSchema.Instance;
        var result = new DeltaBuilder();
        if (left is not null && right is not null && ListItems.AreAligned(schema, left, right))
        {
            for (var index = 0; index < right.Count; index++)
            {
                var delta = Walk(left[index], right[index], element, dropsZero);
                if (!delta.IsEmpty)
                {
                    result.Add(ListItems.Element(schema, right[index], index), delta);
                }
            }

            return result.Build();
        }

        var before = Index(left, schema);
        var after = Index(right, schema);
        foreach (var (step, items) in after)
        {
            CompareItems(step, before.GetValueOrDefault(step, []), items, element, dropsZero, ref result);
        }

        foreach (var (step, items) in before)
        {
            if (!after.ContainsKey(step))
            {
                CompareItems(step, items, [], element, dropsZero, ref result);
            }
        }

        return result.Build();
    }

    // Items that share their keys are owned together: their insides are not compared.
    private static void CompareItems(PathElement step, List<JsonNode?> before, List<JsonNode?> after, MergeSchema element, bool dropsZero, ref DeltaBuilder result)
    {
        if (before.Count <= 1 && after.Count <= 1)
        {
            var (left, right) = (before is [var old] ? old : null, after is [var now] ? now : null);
            if (left is not null || right is not null)
            {
                result.Add(step, Walk(left, right, element, dropsZero));
            }
        }
        else if (before.Count >= 2 && after.Count >= 2)
        {
            var isSame = before.Count == after.Count && before.Zip(after).All(static pair => JsonNode.DeepEquals(pair.First, pair.Second));
            result.Add(step, new Delta(isSame ? Change.None : Change.Modified, null, null, null));
        }
        else if (before.Count >= 2)
        {
            result.Add(step, new Delta(Change.Removed, null, null, null));
            if (after is [{ } single])
            {
                result.Add(step, Walk(null, single, element, dropsZero));
            }
        }
        else
        {
            if (before is [{ } single])
            {
                result.Add(step, Walk(single, null, element, dropsZero));
            }

            result.Add(step, new Delta(Change.Added, null, null, null));
        }
    }

    private static Dictionary<PathElement, List<JsonNode?>> Index(JsonArray? list, MergeSchema schema)
    {
        var index = new Dictionary<PathElement, List<JsonNode?>>(list?.Count ?? 0);
        for (var position = 0; position < list?.Count; position++)
        {
            var step = ListItems.Element(schema, list[position], position);
            if (!index.TryGetValue(step, out var items))
            {
                index.Add(step, items = new List<JsonNode?>(1));
            }

            items.Add(list[position]);
        }

        return index;
    }

    private static Change PresenceChange(JsonNode? left, JsonNode? right) => left is null ? Change.Added : right is null ? Change.Removed : Change.None;

    private static bool IsEmpty(JsonNode? node) => node is null or JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static bool IsZero(JsonNode? node) => node switch
    {
        null or JsonObject { Count: 0 } or JsonArray { Count: 0 } => true,
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length == 0,
        JsonValue value when value.TryGetValue<bool>(out var flag) => !flag,
        JsonValue value when value.TryGetValue<long>(out var number) => number == 0,
        JsonValue value when value.TryGetValue<int>(out var number) => number == 0,
        _ => false,
    };

    private enum Change : byte
    {
        None,
        Added,
        Modified,
        Removed,
    }

    /// <param name="Self">What became of the value itself; the sets are about what is below.</param>
    private readonly record struct Delta(Change Self, FieldSet? Added, FieldSet? Modified, FieldSet? Removed)
    {
        public bool IsEmpty => Self == Change.None && Added is null && Modified is null && Removed is null;
    }

    private struct DeltaBuilder
    {
        private FieldSetBuilder _added;
        private FieldSetBuilder _modified;
        private FieldSetBuilder _removed;

        public void Add(PathElement step, in Delta delta)
        {
            _added.Add(step, delta.Self == Change.Added, delta.Added);
            _modified.Add(step, delta.Self == Change.Modified, delta.Modified);
            _removed.Add(step, delta.Self == Change.Removed, delta.Removed);
        }

        public readonly Delta Build() => new(Change.None, _added.Build(), _modified.Build(), _removed.Build());
    }
}
