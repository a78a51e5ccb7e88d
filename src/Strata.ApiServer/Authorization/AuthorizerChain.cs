using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization;

/// <summary>Masters may do everything; for all others the authorizers are asked in turn until one allows.</summary>
internal sealed class AuthorizerChain(IReadOnlyList<IAuthorizer> authorizers) : IAuthorizer
{
    public AuthorizationDecision Authorize(AuthorizationRequest request)
    {
        // Not by a binding that someone could delete: this is how a cluster whose bindings are broken is repaired.
        if (request.User.IsIn(UserIdentity.MastersGroup))
        {
            return new AuthorizationDecision(true);
        }

        var reason = "";
        for (var index = 0; index < authorizers.Count; index++)
        {
            var decision = authorizers[index].Authorize(request);
            if (decision.IsAllowed)
            {
                return decision;
            }

            if (decision.Reason.Length > 0)
            {
                reason = reason.Length == 0 ? decision.Reason : $"{reason}, {decision.Reason}";
            }
        }

        return new AuthorizationDecision(false, reason);
    }

    public AccessRules RulesFor(UserIdentity user, string namespaceName)
    {
        var all = authorizers.Select(authorizer => authorizer.RulesFor(user, namespaceName)).ToList();
        var problems = all.Select(static rules => rules.Problem).OfType<string>().ToList();
        return new AccessRules([.. all.SelectMany(static rules => rules.Rules)], problems.Count == 0 ? null : string.Join(", ", problems));
    }
}
