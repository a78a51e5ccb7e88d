using Strata.Api.Models;
using Strata.ApiServer.Registry.Rbac;

namespace Strata.ApiServer.Authorization.Bootstrap;

/// <summary>The roles and bindings that every cluster begins with, as upstream has them (plugin/pkg/auth/authorizer/rbac/bootstrappolicy), written down in a short form:
/// a line for a role, below it its rules and <c>to</c> whom it is bound.</summary>
/// <remarks>
/// <para>A rule is <c>verbs @groups resources #names</c> (<c>@core</c> is the group without a name) or <c>verbs /paths</c> (<c>/**</c> is every path); <c>@events</c> stands for writing events, which many do.
/// A subject is <c>group:name</c>, <c>user:name</c> or <c>account:namespace/name</c>.</para>
/// <para>Roles called <c>strata:</c> are this program's own.</para>
/// </remarks>
internal static partial class BootstrapPolicy
{
    public const string AutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

    public static IReadOnlyList<BootstrapRole> Roles { get; } = [.. Parse(ClusterRoleText), .. Parse(ControllerRoleText).Select(ForOneManager), .. Parse(NamespaceRoleText)];

    /// <summary>The rules of one cluster role.</summary>
    public static IReadOnlyList<PolicyRule> RulesOf(string clusterRole) =>
        Roles.Single(role => role.Namespace.Length == 0 && role.Name == clusterRole).Rules;

    /// <summary>Reads the short form.</summary>
    /// <exception cref="FormatException">A line makes no sense.</exception>
    public static IReadOnlyList<BootstrapRole> Parse(string text)
    {
        var roles = new List<BootstrapRole>();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (line[0] != ' ')
            {
                roles.Add(RoleOf(words));
            }
            else if (words[0] == "to")
            {
                roles[^1] = roles[^1] with { Subjects = [.. roles[^1].Subjects, .. words[1..].Select(SubjectOf)] };
            }
            else
            {
                roles[^1] = roles[^1] with { Rules = [.. roles[^1].Rules, RuleOf(words)] };
            }
        }

        return roles;
    }

    // Upstream's controllers have an account each; here all of them run as one user, who has what all of them need.
    private static BootstrapRole ForOneManager(BootstrapRole role) => role with { Subjects = [.. role.Subjects, SubjectOf("user:system:kube-controller-manager")] };

    // [namespace/]name, then sum= the label whose roles it adds up, part= the label of those that it is added to, binding= the binding's name if it is another.
    private static BootstrapRole RoleOf(string[] words)
    {
        var slash = words[0].IndexOf('/', StringComparison.Ordinal);
        var role = new BootstrapRole(words[0][(slash + 1)..], slash < 0 ? "" : words[0][..slash]);
        foreach (var word in words.AsSpan(1))
        {
            role = word.Split('=') switch
            {
                ["sum", var label] => role with { SumOf = label },
                ["part", var label] => role with { PartOf = label },
                ["binding", var name] => role with { BindingName = name },
                _ => throw new FormatException($"unknown word \"{word}\" after role {role.Name}"),
            };
        }

        return role;
    }

    private static Subject SubjectOf(string word) => word.Split(':', 2) switch
    {
        ["group", var name] => new Subject { Kind = "Group", ApiGroup = RbacGroup.Name, Name = name },
        ["user", var name] => new Subject { Kind = "User", ApiGroup = RbacGroup.Name, Name = name },
        ["account", var name] => new Subject { Kind = "ServiceAccount", Namespace = name.Split('/')[0], Name = name.Split('/')[1] },
        _ => throw new FormatException($"unknown subject \"{word}\""),
    };

    private static PolicyRule RuleOf(string[] words)
    {
        if (words is ["@events"])
        {
            return new PolicyRule { Verbs = ["create", "patch", "update"], ApiGroups = ["", "events.k8s.io"], Resources = ["events"] };
        }

        string[] verbs = [.. words.TakeWhile(static word => word[0] is not ('@' or '/'))];
        string[] rest = words[verbs.Length..];
        if (rest is [['/', ..], ..])
        {
            return new PolicyRule { Verbs = verbs, NonResourceURLs = rest is ["/**"] ? ["*"] : rest };
        }

        return rest is [['@', .. var groups], ..]
            ? new PolicyRule
            {
                Verbs = verbs,
                ApiGroups = [.. groups.Split(',').Select(static group => group == "core" ? "" : group)],
                Resources = [.. rest.Skip(1).Where(static word => word[0] != '#')],
                ResourceNames = [.. rest.Where(static word => word[0] == '#').Select(static word => word[1..])],
            }
            : throw new FormatException($"a rule needs a group or paths: {string.Join(' ', words)}");
    }
}
