using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Api.Selectors;

/// <summary>A label selector: requirements that must all hold. Immutable and thread-safe; matching is hot and does not allocate.</summary>
public sealed class LabelQuery
{
    private readonly LabelRequirement[] _requirements;
    private readonly bool _matchesNothing;

    internal LabelQuery(LabelRequirement[] requirements, bool matchesNothing = false)
    {
        _requirements = requirements;
        _matchesNothing = matchesNothing;
    }

    public static LabelQuery Everything { get; } = new([]);

    public static LabelQuery Nothing { get; } = new([], matchesNothing: true);

    public bool IsEverything => _requirements.Length == 0 && !_matchesNothing;

    public bool IsNothing => _matchesNothing;

    /// <summary>The terms, sorted by key.</summary>
    public IReadOnlyList<LabelRequirement> Requirements => _requirements;

    /// <summary>Parses the query form: <c>app=web,tier in (a,b),!legacy</c>. Empty text selects everything.</summary>
    /// <exception cref="ApiException">BadRequest, <c>unable to parse requirement: ...</c>.</exception>
    public static LabelQuery Parse(string text) => new LabelParser(text).Parse();

    /// <summary>From the object form of workloads and policies. Null selects nothing, an empty selector everything (as in upstream).</summary>
    /// <exception cref="ApiException">BadRequest: an unknown operator, or values that do not fit it.</exception>
    public static LabelQuery From(LabelSelector? selector)
    {
        if (selector is null)
        {
            return Nothing;
        }

        if (selector.MatchLabels.Count + selector.MatchExpressions.Count == 0)
        {
            return Everything;
        }

        var requirements = new List<LabelRequirement>(selector.MatchLabels.Count + selector.MatchExpressions.Count);
        foreach (var (key, value) in selector.MatchLabels)
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]) { Symbol = "=" });
        }

        foreach (var expression in selector.MatchExpressions)
        {
            requirements.Add(LabelSyntax.Require(expression.Key, Operator(expression.Operator), expression.Values));
        }

        return FromRequirements(requirements);
    }

    /// <summary>Every label must have the given value; an empty map selects everything.</summary>
    public static LabelQuery FromMap(IReadOnlyDictionary<string, string> labels)
    {
        if (labels.Count == 0)
        {
            return Everything;
        }

        var requirements = new List<LabelRequirement>(labels.Count);
        foreach (var (key, value) in labels)
        {
            requirements.Add(new LabelRequirement(key, LabelOperator.In, [value]) { Symbol = "=" });
        }

        return FromRequirements(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in _requirements)
        {
            if (!requirement.Matches(labels))
            {
                return false;
            }
        }

        return !_matchesNothing;
    }

    /// <summary>The query form; parses back to the same selector. Empty for everything and for nothing.</summary>
    public override string ToString() => string.Join(',', (object[])_requirements);

    internal static LabelQuery FromRequirements(List<LabelRequirement> requirements) =>
        requirements.Count == 0 ? Everything : new LabelQuery([.. requirements.OrderBy(requirement => requirement.Key, StringComparer.Ordinal)]);

    private static LabelOperator Operator(string name) => name switch
    {
        "In" => LabelOperator.In,
        "NotIn" => LabelOperator.NotIn,
        "Exists" => LabelOperator.Exists,
        "DoesNotExist" => LabelOperator.DoesNotExist,
        _ => throw ApiErrors.BadRequest($"\"{name}\" is not a valid label selector operator"),
    };
}
