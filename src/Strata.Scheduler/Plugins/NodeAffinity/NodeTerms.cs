using System.Globalization;
using Strata.Api.Models;
using Strata.Scheduler.Framework;

namespace Strata.Scheduler.Plugins.NodeAffinity;

/// <summary>Node selector terms: terms are alternatives, the expressions of one term must all hold (core/v1 NodeSelectorTerm).</summary>
internal static class NodeTerms
{
    public static bool MatchesAny(IReadOnlyList<NodeSelectorTerm> terms, NodeInfo node)
    {
        for (var index = 0; index < terms.Count; index++)
        {
            if (Matches(terms[index], node))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A term without any expression matches nothing.</summary>
    public static bool Matches(NodeSelectorTerm term, NodeInfo node)
    {
        for (var index = 0; index < term.MatchExpressions.Count; index++)
        {
            var expression = term.MatchExpressions[index];
            if (!Holds(expression, node.Labels.GetValueOrDefault(expression.Key)))
            {
                return false;
            }
        }

        for (var index = 0; index < term.MatchFields.Count; index++)
        {
            // metadata.name is the only field there is.
            if (term.MatchFields[index].Key != "metadata.name" || !Holds(term.MatchFields[index], node.Name))
            {
                return false;
            }
        }

        return term.MatchExpressions.Count + term.MatchFields.Count > 0;
    }

    private static bool Holds(NodeSelectorRequirement requirement, string? actual) => requirement.Operator switch
    {
        "In" => actual is not null && requirement.Values.Contains(actual),
        "NotIn" => actual is null || !requirement.Values.Contains(actual),
        "Exists" => actual is not null,
        "DoesNotExist" => actual is null,
        "Gt" => TryCompare(actual, requirement, out var order) && order > 0,
        "Lt" => TryCompare(actual, requirement, out var order) && order < 0,
        _ => false,
    };

    private static bool TryCompare(string? actual, NodeSelectorRequirement requirement, out int order)
    {
        order = 0;
        if (requirement.Values.Count != 1
            || !long.TryParse(actual, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var left)
            || !long.TryParse(requirement.Values[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var right))
        {
            return false;
        }

        order = left.CompareTo(right);
        return true;
    }
}
