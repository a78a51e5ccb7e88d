using Strata.Api.Models;
using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization.Rbac;

/// <summary>Who has which permissions, by subject and namespace. Immutable: made anew when a role or binding has changed.</summary>
internal sealed class RbacIndex
{
    private const string AccountPrefix = "system:serviceaccount:";

    // The namespace is empty for what holds everywhere.
    private readonly Dictionary<(string Subject, string Namespace), List<RbacGrant>> _users = [];
    private readonly Dictionary<(string Subject, string Namespace), List<RbacGrant>> _groups = [];
    private readonly Dictionary<(string Name, string Namespace), IReadOnlyList<AccessRule>> _roles = [];
    private readonly Dictionary<string, IReadOnlyList<AccessRule>> _clusterRoles = [];

    public RbacIndex(IEnumerable<Role> roles, IEnumerable<RoleBinding> bindings, IEnumerable<ClusterRole> clusterRoles, IEnumerable<ClusterRoleBinding> clusterBindings)
    {
        foreach (var role in roles)
        {
            _roles[(role.Metadata.Name, role.Metadata.Namespace)] = Compile(role.Rules);
        }

        foreach (var role in clusterRoles)
        {
            _clusterRoles[role.Metadata.Name] = Compile(role.Rules);
        }

        foreach (var binding in clusterBindings)
        {
            Bind($"ClusterRoleBinding \"{binding.Metadata.Name}\"", "", binding.RoleRef, binding.Subjects);
        }

        foreach (var binding in bindings)
        {
            Bind($"RoleBinding \"{binding.Metadata.Name}/{binding.Metadata.Namespace}\"", binding.Metadata.Namespace, binding.RoleRef, binding.Subjects);
        }
    }

    /// <summary>The rules of a role that a binding refers to; null when there is no such role.</summary>
    /// <param name="namespaceName">The binding's; empty for cluster role bindings.</param>
    public IReadOnlyList<AccessRule>? RulesOf(string kind, string name, string namespaceName) => kind switch
    {
        "ClusterRole" => _clusterRoles.GetValueOrDefault(name),
        "Role" => _roles.GetValueOrDefault((name, namespaceName)),
        _ => null,
    };

    /// <summary>The first grant that <paramref name="request"/> is covered by; null when there is none.</summary>
    public RbacGrant? FindAllowing(AuthorizationRequest request)
    {
        var found = Find(_users, request.User.Name, request);
        for (var index = 0; found is null && index < request.User.Groups.Count; index++)
        {
            found = Find(_groups, request.User.Groups[index], request);
        }

        return found;
    }

    /// <summary>Everything a user has been granted, in a namespace and everywhere.</summary>
    /// <param name="namespaceName">Empty for what holds everywhere only.</param>
    public IEnumerable<RbacGrant> GrantsOf(UserIdentity user, string namespaceName)
    {
        foreach (var scope in namespaceName.Length == 0 ? (string[])[""] : ["", namespaceName])
        {
            foreach (var grant in _users.GetValueOrDefault((user.Name, scope)) ?? [])
            {
                yield return grant;
            }

            foreach (var group in user.Groups)
            {
                foreach (var grant in _groups.GetValueOrDefault((group, scope)) ?? [])
                {
                    yield return grant;
                }
            }
        }
    }

    public static IReadOnlyList<AccessRule> Compile(IReadOnlyList<PolicyRule> rules)
    {
        var compiled = new AccessRule[rules.Count];
        for (var index = 0; index < compiled.Length; index++)
        {
            var rule = rules[index];
            compiled[index] = new AccessRule(rule.Verbs) { Groups = rule.ApiGroups, Resources = rule.Resources, Names = rule.ResourceNames, Paths = rule.NonResourceURLs };
        }

        return compiled;
    }

    private static RbacGrant? Find(Dictionary<(string, string), List<RbacGrant>> grants, string subject, AuthorizationRequest request)
    {
        var found = Find(grants.GetValueOrDefault((subject, "")), request);
        return found is null && request.Namespace.Length > 0 ? Find(grants.GetValueOrDefault((subject, request.Namespace)), request) : found;
    }

    private static RbacGrant? Find(List<RbacGrant>? grants, AuthorizationRequest request)
    {
        for (var index = 0; index < grants?.Count; index++)
        {
            var rules = grants[index].Rules;
            for (var rule = 0; rule < rules.Count; rule++)
            {
                if (rules[rule].Allows(request))
                {
                    return grants[index];
                }
            }
        }

        return null;
    }

    private void Bind(string binding, string namespaceName, RoleRef role, IReadOnlyList<Subject> subjects)
    {
        var rules = RulesOf(role.Kind, role.Name, namespaceName);
        var problem = rules is null ? $"{role.Kind.ToLowerInvariant()}.rbac.authorization.k8s.io \"{role.Name}\" not found" : null;
        foreach (var subject in subjects)
        {
            var space = subject.Namespace.Length > 0 ? subject.Namespace : namespaceName;
            var shown = subject.Kind == "ServiceAccount" ? $"{subject.Name}/{space}" : subject.Name;
            var grant = new RbacGrant(rules ?? [], $"RBAC: allowed by {binding} of {role.Kind} \"{role.Name}\" to {subject.Kind} \"{shown}\"", problem);
            switch (subject.Kind)
            {
                case "User":
                    Add(_users, subject.Name, namespaceName, grant);
                    break;
                case "Group":
                    Add(_groups, subject.Name, namespaceName, grant);
                    break;
                case "ServiceAccount" when space.Length > 0:
                    Add(_users, $"{AccountPrefix}{space}:{subject.Name}", namespaceName, grant);
                    break;
            }
        }
    }

    private static void Add(Dictionary<(string, string), List<RbacGrant>> grants, string subject, string namespaceName, RbacGrant grant)
    {
        if (!grants.TryGetValue((subject, namespaceName), out var list))
        {
            grants.Add((subject, namespaceName), list = []);
        }

        list.Add(grant);
    }
}
