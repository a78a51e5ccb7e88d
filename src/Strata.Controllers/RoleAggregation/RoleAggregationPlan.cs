using System.Text;
using Strata.Api.Models;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.RoleAggregation;

/// <summary>The rules of a cluster role that is the sum of others (pkg/controller/clusterroleaggregation). Pure.</summary>
internal static class RoleAggregationPlan
{
    /// <returns>The rules of every selected role, by the roles' names, without repetitions; the role itself does not count.</returns>
    public static IReadOnlyList<PolicyRule> Sum(ClusterRole sum, IEnumerable<ClusterRole> roles)
    {
        var selectors = sum.AggregationRule?.ClusterRoleSelectors ?? [];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return
        [
            .. roles.Where(role => role.Metadata.Name != sum.Metadata.Name && selectors.Any(selector => selector.Matches(role.Metadata.Labels)))
                .OrderBy(static role => role.Metadata.Name, StringComparer.Ordinal)
                .SelectMany(static role => role.Rules)
                .Where(rule => seen.Add(TextOf(rule))),
        ];
    }

    public static bool AreEqual(IReadOnlyList<PolicyRule> left, IReadOnlyList<PolicyRule> right) => left.Select(TextOf).SequenceEqual(right.Select(TextOf), StringComparer.Ordinal);

    private static string TextOf(PolicyRule rule) => Encoding.UTF8.GetString(ModelJson.Serialize(rule));
}
