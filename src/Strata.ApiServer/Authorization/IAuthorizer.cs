using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization;

/// <summary>Decides who may do what. Thread-safe; called for every request, so it reads memory only.</summary>
internal interface IAuthorizer
{
    /// <returns>Allowed; or no opinion, with a reason if there is one to tell. Nobody denies what another allows.</returns>
    AuthorizationDecision Authorize(AuthorizationRequest request);

    /// <summary>Every rule that holds for a user in a namespace (SelfSubjectRulesReview).</summary>
    AccessRules RulesFor(UserIdentity user, string namespaceName);
}
