using Strata.Api.Models;

namespace Strata.Controllers.Runtime;

/// <summary>Label selectors of objects (meta/v1 LabelSelector) against labels.</summary>
internal static class SelectorMatch
{
    /// <summary>Whether the labels match; an empty selector matches nothing here, since controllers with an empty selector must not grab everything.</summary>
    public static bool Matches(this LabelSelector selector, IReadOnlyDictionary<string, string> labels)
    {
        if (selector.MatchLabels.Count == 0 && selector.MatchExpressions.Count == 0)
        {
            return false;
        }

        foreach (var (key, value) in selector.MatchLabels)
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }

        foreach (var expression in selector.MatchExpressions)
        {
            var isThere = labels.TryGetValue(expression.Key, out var actual);
            var holds = expression.Operator switch
            {
                "In" => isThere && expression.Values.Contains(actual!),
                "NotIn" => !isThere || !expression.Values.Contains(actual!),
                "Exists" => isThere,
                "DoesNotExist" => !isThere,
                _ => false,
            };
            if (!holds)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether a plain map selector (Service) matches; an empty one matches nothing.</summary>
    public static bool Matches(this IReadOnlyDictionary<string, string> selector, IReadOnlyDictionary<string, string> labels)
    {
        foreach (var (key, value) in selector)
        {
            if (!labels.TryGetValue(key, out var actual) || actual != value)
            {
                return false;
            }
        }

        return selector.Count > 0;
    }
}
