using System.Text;

namespace Strata.ApiServer.Authorization.Rbac;

/// <summary>Whether one set of rules includes another (component-helpers: auth/rbac/validation/policy_comparator.go). Pure.</summary>
internal static class RuleCoverage
{
    /// <summary>The parts of <paramref name="wanted"/> that no rule of <paramref name="held"/> includes, each about one verb, group, resource and name, or one verb and path.</summary>
    public static IReadOnlyList<AccessRule> Missing(IReadOnlyList<AccessRule> held, IReadOnlyList<AccessRule> wanted) =>
        [.. wanted.SelectMany(Parts).Where(part => !held.Any(rule => Covers(rule, part)))];

    /// <summary>The parts in upstream's words, one line each, with the verbs of one resource together.</summary>
    public static string Describe(IReadOnlyList<AccessRule> parts)
    {
        var lines = parts.GroupBy(static part => Describe(part with { Verbs = [] }), StringComparer.Ordinal)
            .Select(static group => Describe(group.First() with { Verbs = [.. group.SelectMany(static part => part.Verbs).Distinct(StringComparer.Ordinal)] }))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
        return string.Join('\n', lines);
    }

    private static IEnumerable<AccessRule> Parts(AccessRule rule)
    {
        foreach (var verb in rule.Verbs)
        {
            foreach (var path in rule.Paths)
            {
                yield return new AccessRule([verb]) { Paths = [path] };
            }

            foreach (var group in rule.Groups)
            {
                foreach (var resource in rule.Resources)
                {
                    var part = new AccessRule([verb]) { Groups = [group], Resources = [resource] };
                    if (rule.Names.Count == 0)
                    {
                        yield return part;
                    }

                    foreach (var name in rule.Names)
                    {
                        yield return part with { Names = [name] };
                    }
                }
            }
        }
    }

    private static bool Covers(AccessRule held, AccessRule part) =>
        AccessRule.Has(held.Verbs, part.Verbs[0])
        && part.Paths.All(held.AllowsPath)
        && part.Groups.All(group => AccessRule.Has(held.Groups, group))
        && part.Resources.All(resource => CoversResource(held, resource))
        && (part.Resources.Count == 0 || held.Names.Count == 0 || (part.Names.Count > 0 && held.Names.Contains(part.Names[0])));

    private static bool CoversResource(AccessRule held, string resource)
    {
        var slash = resource.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? held.AllowsResource(resource, "") : held.AllowsResource(resource.AsSpan(0, slash), resource.AsSpan(slash + 1));
    }

    private static string Describe(AccessRule rule)
    {
        var text = new StringBuilder("{");
        foreach (var (name, values) in (ReadOnlySpan<(string, IReadOnlyList<string>)>)
        [
            ("APIGroups", rule.Groups), ("Resources", rule.Resources), ("NonResourceURLs", rule.Paths), ("ResourceNames", rule.Names), ("Verbs", rule.Verbs),
        ])
        {
            if (values.Count > 0)
            {
                text.Append(text.Length > 1 ? ", " : "").Append(name).Append(':').Append(GoText.Quoted(values));
            }
        }

        return text.Append('}').ToString();
    }
}
