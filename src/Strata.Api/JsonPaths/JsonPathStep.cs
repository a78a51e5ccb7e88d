using System.Text.Json;

namespace Strata.Api.JsonPaths;

/// <summary>One step of a path: from a value to those it leads to.</summary>
internal abstract record JsonPathStep
{
    public abstract IEnumerable<JsonElement> Apply(JsonElement source);
}

/// <summary><c>.name</c>, or <c>['a','b']</c>. On a list, the field of each item.</summary>
internal sealed record FieldStep(IReadOnlyList<string> Names) : JsonPathStep
{
    public override IEnumerable<JsonElement> Apply(JsonElement source)
    {
        if (source.ValueKind == JsonValueKind.Array)
        {
            return source.EnumerateArray().SelectMany(Apply);
        }

        return source.ValueKind == JsonValueKind.Object
            ? Names.Where(name => source.TryGetProperty(name, out _)).Select(name => source.GetProperty(name))
            : [];
    }
}

/// <summary><c>[3]</c>, <c>[-1]</c>, <c>[1:3]</c>, <c>[0:4:2]</c>; null bounds are open.</summary>
internal sealed record SliceStep(int? Start, int? End, int Step, bool IsIndex) : JsonPathStep
{
    public override IEnumerable<JsonElement> Apply(JsonElement source)
    {
        if (source.ValueKind != JsonValueKind.Array)
        {
            yield break;
        }

        var length = source.GetArrayLength();
        var start = Start is < 0 ? Start.Value + length : Start ?? 0;
        var end = IsIndex ? start + 1 : End is < 0 ? End.Value + length : End ?? length;
        for (var index = Math.Max(start, 0); start >= 0 && index < Math.Min(end, length); index += Step)
        {
            yield return source[index];
        }
    }
}

/// <summary><c>[*]</c> or <c>.*</c>.</summary>
internal sealed record WildcardStep : JsonPathStep
{
    public override IEnumerable<JsonElement> Apply(JsonElement source) => source.ValueKind switch
    {
        JsonValueKind.Array => source.EnumerateArray(),
        JsonValueKind.Object => source.EnumerateObject().Select(static member => member.Value),
        _ => [],
    };
}

/// <summary><c>..</c>: the value and everything below it.</summary>
internal sealed record RecursiveStep : JsonPathStep
{
    public override IEnumerable<JsonElement> Apply(JsonElement source) => source.ValueKind switch
    {
        JsonValueKind.Array => source.EnumerateArray().SelectMany(Apply),
        JsonValueKind.Object => source.EnumerateObject().SelectMany(member => Apply(member.Value)).Prepend(source),
        _ => [],
    };
}

/// <summary><c>[?(@.field == value)]</c>: the items of a list that fit.</summary>
/// <param name="Path">Left side, from the item.</param>
/// <param name="Operator"><c>==</c> and its like; empty asks only whether there is something.</param>
/// <param name="Value">Right side: text or a number in JSON.</param>
internal sealed record FilterStep(IReadOnlyList<JsonPathStep> Path, string Operator, JsonElement Value) : JsonPathStep
{
    public override IEnumerable<JsonElement> Apply(JsonElement source) =>
        source.ValueKind == JsonValueKind.Array ? source.EnumerateArray().Where(Fits) : [];

    private bool Fits(JsonElement item)
    {
        IEnumerable<JsonElement> found = [item];
        foreach (var step in Path)
        {
            found = found.SelectMany(step.Apply);
        }

        foreach (var left in found)
        {
            return Operator.Length == 0 || Compare(left);
        }

        return false;
    }

    private bool Compare(JsonElement left)
    {
        int? order = (left.ValueKind, Value.ValueKind) switch
        {
            (JsonValueKind.String, JsonValueKind.String) => string.CompareOrdinal(left.GetString(), Value.GetString()),
            (JsonValueKind.Number, JsonValueKind.Number) => left.GetDouble().CompareTo(Value.GetDouble()),
            (JsonValueKind.True or JsonValueKind.False, JsonValueKind.True or JsonValueKind.False) => left.ValueKind == Value.ValueKind ? 0 : 1,
            _ => null,
        };
        return order is { } sign && Operator switch
        {
            "==" => sign == 0,
            "!=" => sign != 0,
            "<" => sign < 0,
            "<=" => sign <= 0,
            ">" => sign > 0,
            _ => sign >= 0,
        };
    }
}
