using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Fairness;

/// <summary>One FlowSchema, ready to be asked (apiserver: pkg/util/flowcontrol/rule.go).</summary>
internal sealed class FlowRule(FlowSchema schema, PriorityLevel level)
{
    private const string Any = "*";
    private const string ServiceAccountPrefix = "system:serviceaccount:";

    public string Name => schema.Metadata.Name;

    public string Uid => schema.Metadata.Uid;

    public int Precedence => schema.Spec.MatchingPrecedence;

    public PriorityLevel Level => level;

    public bool Matches(UserIdentity user, RequestInfo info)
    {
        // Loops instead of queries: this runs for every request.
        foreach (var rule in schema.Spec.Rules)
        {
            if (MatchesSubject(rule.Subjects, user) && (info.IsResource ? MatchesResource(rule.ResourceRules, info) : MatchesPath(rule.NonResourceRules, info)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>What tells the flows of this schema apart: the user or the namespace; empty when all are one flow.</summary>
    public string DistinguisherOf(UserIdentity user, RequestInfo info) => schema.Spec.DistinguisherMethod?.Type switch
    {
        "ByUser" => user.Name,
        "ByNamespace" => info.Namespace,
        _ => "",
    };

    private static bool MatchesSubject(IReadOnlyList<FlowcontrolSubject> subjects, UserIdentity user)
    {
        foreach (var subject in subjects)
        {
            if (subject.Kind switch
            {
                "User" => subject.User?.Name is Any || subject.User?.Name == user.Name,
                "Group" => subject.Group is { } group && (group.Name == Any || user.IsIn(group.Name)),
                "ServiceAccount" => subject.ServiceAccount is { } account && IsAccount(account, user.Name),
                _ => false,
            })
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsAccount(ServiceAccountSubject account, string user)
    {
        if (!user.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal))
        {
            return false;
        }

        var rest = user.AsSpan(ServiceAccountPrefix.Length);
        var colon = rest.IndexOf(':');
        return colon > 0 && rest[..colon].SequenceEqual(account.Namespace) && (account.Name == Any || rest[(colon + 1)..].SequenceEqual(account.Name));
    }

    private static bool MatchesResource(IReadOnlyList<ResourcePolicyRule> rules, RequestInfo info)
    {
        foreach (var rule in rules)
        {
            if (Has(rule.Verbs, info.Verb) && Has(rule.ApiGroups, info.Group) && HasResource(rule.Resources, info)
                && (info.Namespace.Length == 0 ? rule.ClusterScope : Has(rule.Namespaces, info.Namespace)))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesPath(IReadOnlyList<NonResourcePolicyRule> rules, RequestInfo info)
    {
        foreach (var rule in rules)
        {
            if (!Has(rule.Verbs, info.Verb))
            {
                continue;
            }

            foreach (var path in rule.NonResourceURLs)
            {
                if (path == Any || path == info.Path || (path.EndsWith("/*", StringComparison.Ordinal) && info.Path.StartsWith(path[..^1], StringComparison.Ordinal)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool HasResource(IReadOnlyList<string> resources, RequestInfo info)
    {
        foreach (var resource in resources)
        {
            if (resource == Any)
            {
                return true;
            }

            var isMatch = info.Subresource.Length == 0
                ? resource == info.Resource
                : resource.Length == info.Resource.Length + 1 + info.Subresource.Length
                    && resource.StartsWith(info.Resource, StringComparison.Ordinal) && resource[info.Resource.Length] == '/'
                    && resource.EndsWith(info.Subresource, StringComparison.Ordinal);
            if (isMatch)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Has(IReadOnlyList<string> values, string value)
    {
        foreach (var candidate in values)
        {
            if (candidate == Any || candidate == value)
            {
                return true;
            }
        }

        return false;
    }
}
