using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Api.Selectors;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Authorization;

/// <summary>Answers who may do what, and who someone is (authorization.k8s.io and authentication.k8s.io reviews).</summary>
/// <param name="tokens">Service-account tokens, which TokenReview verifies first.</param>
/// <param name="authenticators">Every way to prove who one is.</param>
internal sealed class AccessReviews(IAuthorizer authorizer, ServiceAccountTokens tokens, AuthenticatorChain authenticators)
{
    public IEnumerable<IEndpoint> Endpoints() =>
    [
        new ReviewEndpoint<SelfSubjectAccessReview>(namespaced: false, SelfSubjectAccessAsync),
        new ReviewEndpoint<SubjectAccessReview>(namespaced: false, SubjectAccessAsync),
        new ReviewEndpoint<LocalSubjectAccessReview>(namespaced: true, LocalSubjectAccessAsync),
        new ReviewEndpoint<SelfSubjectRulesReview>(namespaced: false, SelfSubjectRulesAsync),
        new ReviewEndpoint<SelfSubjectReview>(namespaced: false, SelfSubjectAsync),
        new ReviewEndpoint<TokenReview>(namespaced: false, TokenAsync),
    ];

    private static ValueTask<SelfSubjectReview> SelfSubjectAsync(ApiCall call, SelfSubjectReview review, CancellationToken cancellationToken) =>
        ValueTask.FromResult(review with { Status = new SelfSubjectReviewStatus { UserInfo = InfoOf(call.User) } });

    private static UserInfo InfoOf(UserIdentity user) => new() { Username = user.Name, Uid = user.Uid, Groups = user.Groups, Extra = user.Extra };

    private ValueTask<SelfSubjectAccessReview> SelfSubjectAccessAsync(ApiCall call, SelfSubjectAccessReview review, CancellationToken cancellationToken)
    {
        var spec = review.Spec;
        CheckAttributes(SelfSubjectAccessReview.Info, spec.ResourceAttributes, spec.NonResourceAttributes);
        return ValueTask.FromResult(review with { Status = Decide(call.User, spec.ResourceAttributes, spec.NonResourceAttributes) });
    }

    private ValueTask<SubjectAccessReview> SubjectAccessAsync(ApiCall call, SubjectAccessReview review, CancellationToken cancellationToken) =>
        ValueTask.FromResult(review with { Status = Decide(SubjectAccessReview.Info, review.Spec) });

    private ValueTask<LocalSubjectAccessReview> LocalSubjectAccessAsync(ApiCall call, LocalSubjectAccessReview review, CancellationToken cancellationToken)
    {
        if (review.Spec.NonResourceAttributes is not null)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.nonResourceAttributes", "", "disallowed on this kind of request");
            throw ApiErrors.Invalid(LocalSubjectAccessReview.Info, "", errors.Causes);
        }

        if (review.Spec.ResourceAttributes?.Namespace != call.Info.Namespace)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.resourceAttributes.namespace", review.Spec.ResourceAttributes?.Namespace ?? "", "must match metadata.namespace");
            throw ApiErrors.Invalid(LocalSubjectAccessReview.Info, "", errors.Causes);
        }

        return ValueTask.FromResult(review with { Status = Decide(LocalSubjectAccessReview.Info, review.Spec) });
    }

    private SubjectAccessReviewStatus Decide(KindInfo kind, SubjectAccessReviewSpec spec)
    {
        CheckAttributes(kind, spec.ResourceAttributes, spec.NonResourceAttributes);
        if (spec.User.Length == 0 && spec.Groups.Count == 0)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.user", "", "at least one of user or group must be specified");
            throw ApiErrors.Invalid(kind, "", errors.Causes);
        }

        return Decide(new UserIdentity(spec.User, spec.Uid, spec.Groups, spec.Extra), spec.ResourceAttributes, spec.NonResourceAttributes);
    }

    private SubjectAccessReviewStatus Decide(UserIdentity user, ResourceAttributes? resource, NonResourceAttributes? path)
    {
        var request = resource is null
            ? new AuthorizationRequest(user, path!.Verb) { Path = path.Path }
            : new AuthorizationRequest(user, resource.Verb)
            {
                IsResource = true,
                Group = resource.Group,
                Version = resource.Version,
                Resource = resource.Resource,
                Subresource = resource.Subresource,
                Namespace = resource.Namespace,
                Name = resource.Name,
                Fields = FieldsOf(resource.FieldSelector),
            };
        var decision = authorizer.Authorize(request);
        return new SubjectAccessReviewStatus { Allowed = decision.IsAllowed, Reason = decision.Reason };
    }

    // Only comparisons can be taken into account; what is not understood makes a request broader, never narrower.
    private static FieldQuery? FieldsOf(FieldSelectorAttributes? selector)
    {
        var terms = selector?.Requirements.Where(static requirement => requirement is { Operator: "In", Values.Count: 1 })
            .Select(static requirement => $"{requirement.Key}={requirement.Values[0].Replace(",", "\\,", StringComparison.Ordinal)}").ToList();
        return terms is { Count: > 0 } ? FieldQuery.Parse(string.Join(',', terms)) : null;
    }

    private ValueTask<SelfSubjectRulesReview> SelfSubjectRulesAsync(ApiCall call, SelfSubjectRulesReview review, CancellationToken cancellationToken)
    {
        if (review.Spec.Namespace.Length == 0)
        {
            throw ApiErrors.BadRequest("no namespace on request");
        }

        var found = authorizer.RulesFor(call.User, review.Spec.Namespace);
        var rules = found.Rules;
        return ValueTask.FromResult(review with
        {
            Status = new SubjectRulesReviewStatus
            {
                ResourceRules =
                [
                    .. rules.Where(static rule => rule.Resources.Count > 0).Select(static rule => new ResourceRule
                    {
                        Verbs = rule.Verbs,
                        ApiGroups = rule.Groups,
                        Resources = rule.Resources,
                        ResourceNames = rule.Names,
                    }),
                ],
                NonResourceRules =
                    [.. rules.Where(static rule => rule.Paths.Count > 0).Select(static rule => new NonResourceRule { Verbs = rule.Verbs, NonResourceURLs = rule.Paths })],
                Incomplete = found.Problem is not null,
                EvaluationError = found.Problem ?? "",
            },
        });
    }

    private async ValueTask<TokenReview> TokenAsync(ApiCall call, TokenReview review, CancellationToken cancellationToken)
    {
        if (review.Spec.Token.Length == 0)
        {
            throw ApiErrors.BadRequest("token is required for TokenReview in authentication");
        }

        var wanted = review.Spec.Audiences.Count > 0 ? review.Spec.Audiences : tokens.Audiences;
        var valid = await tokens.ValidateAsync(review.Spec.Token, wanted, cancellationToken) ?? await OtherAsync(review.Spec, cancellationToken);
        return review with
        {
            Status = valid is null
                ? new TokenReviewStatus { Error = "invalid bearer token" }
                : new TokenReviewStatus { Authenticated = true, User = InfoOf(valid.User), Audiences = valid.Audiences },
        };
    }

    // Tokens that are not a service account's are good for the API server only.
    private async ValueTask<ValidToken?> OtherAsync(TokenReviewSpec spec, CancellationToken cancellationToken)
    {
        var audiences = spec.Audiences.Count == 0 ? tokens.Audiences : [.. spec.Audiences.Intersect(tokens.Audiences)];
        if (audiences.Count == 0)
        {
            return null;
        }

        try
        {
            return new ValidToken(await authenticators.AuthenticateAsync(new Credentials(null, spec.Token), cancellationToken), audiences);
        }
        catch (ApiException refused) when (refused.Reason == StatusReason.Unauthorized)
        {
            return null;
        }
    }

    private static void CheckAttributes(KindInfo kind, ResourceAttributes? resource, NonResourceAttributes? path)
    {
        if (resource is null == path is null)
        {
            var errors = new FieldErrors();
            errors.Invalid("spec.resourceAttributes", "", resource is null
                ? "exactly one of nonResourceAttributes or resourceAttributes must be specified"
                : "cannot be specified in combination with nonResourceAttributes");
            throw ApiErrors.Invalid(kind, "", errors.Causes);
        }
    }
}
