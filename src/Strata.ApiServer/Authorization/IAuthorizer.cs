using Strata.ApiServer.Authentication;

namespace Strata.ApiServer.Authorization;

/// <summary>Decides who may do what. Thread-safe; called for every request, so it reads memory only.</summary>
internal interface IAuthorizer
{
    ValueTask<AuthorizationDecision> AuthorizeAsync(AuthorizationRequest request, CancellationToken cancellationToken);

    /// <summary>Every rule that holds for a user in a namespace (SelfSubjectRulesReview).</summary>
    ValueTask<IReadOnlyList<AccessRule>> RulesForAsync(UserIdentity user, string namespaceName, CancellationToken cancellationToken);
}
