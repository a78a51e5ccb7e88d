using System.Globalization;

namespace Strata.Api.Selectors;

/// <summary>One term of a label selector. Immutable; matching does not allocate.</summary>
/// <param name="Key">Label key.</param>
/// <param name="Operator">What is asked.</param>
/// <param name="Values">The set, sorted; one integer for the comparisons; empty for existence.</param>
public sealed record LabelRequirement(string Key, LabelOperator Operator, IReadOnlyList<string> Values)
{
    private readonly string[] _values = [.. Values];

    // How it was written: = and == and != print differently from their set forms, as upstream keeps them.
    internal string? Symbol { get; init; }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        var found = labels.TryGetValue(Key, out var value);
        return Operator switch
        {
            LabelOperator.In => found && Contains(value!),
            LabelOperator.NotIn => !found || !Contains(value!),
            LabelOperator.Exists => found,
            LabelOperator.DoesNotExist => !found,
            _ => found && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && Compare(number),
        };
    }

    public override string ToString() => Operator switch
    {
        LabelOperator.Exists => Key,
        LabelOperator.DoesNotExist => "!" + Key,
        LabelOperator.GreaterThan => $"{Key}>{_values[0]}",
        LabelOperator.LessThan => $"{Key}<{_values[0]}",
        _ when Symbol is not null => $"{Key}{Symbol}{_values[0]}",
        LabelOperator.In => $"{Key} in ({string.Join(',', _values)})",
        _ => $"{Key} notin ({string.Join(',', _values)})",
    };

    private bool Contains(string value)
    {
        foreach (var wanted in _values)
        {
            if (wanted == value)
            {
                return true;
            }
        }

        return false;
    }

    private bool Compare(long number)
    {
        var limit = long.Parse(_values[0], CultureInfo.InvariantCulture);
        return Operator == LabelOperator.GreaterThan ? number > limit : number < limit;
    }
}
