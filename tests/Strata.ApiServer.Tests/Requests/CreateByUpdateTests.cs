using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.ApiServer.Authentication;
using Strata.ApiServer.Authorization;
using Strata.ApiServer.Registry.Endpoints;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.Tests.Requests;

/// <summary>An apply or PUT that finds no object creates one, which needs the right to create.</summary>
public sealed class CreateByUpdateTests
{
    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public async Task Whoever_may_only_change_is_refused_when_the_write_turns_out_to_create(string method)
    {
        var dispatcher = new ApiDispatcher(new LiveApi(new ServedApi(new EndpointTable([new CreatingEndpoint()]), new NoDocuments()), static _ => ValueTask.CompletedTask), new AllButCreate());
        var query = QueryParameters.Parse("");
        var call = new ApiCall
        {
            User = UserIdentity.Of("bob"),
            Query = query,
            Info = RequestInfo.Parse(method, "/api/v1/namespaces/default/configmaps/a", query),
        };
        var refused = await Assert.ThrowsAsync<ApiException>(async () => await dispatcher.ExecuteAsync(call, TestContext.Current.CancellationToken));
        Assert.Equal("configmaps \"a\" is forbidden: User \"bob\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"default\"", refused.Status.Message);
    }

    private sealed class CreatingEndpoint : IEndpoint
    {
        public EndpointInfo Info { get; } = new("", "v1", "configmaps", "", new KindInfo("", "v1", "ConfigMap", "configmaps", true), true, ["patch", "update"]);

        public ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
        {
            WriteContexts.From(call).RequireCreate();
            throw new InvalidOperationException("the write went on");
        }
    }

    private sealed class NoDocuments : IDocuments
    {
        public ValueTask<ApiResult?> FindAsync(ApiCall call, CancellationToken cancellationToken) => ValueTask.FromResult<ApiResult?>(null);
    }

    private sealed class AllButCreate : IAuthorizer
    {
        public AuthorizationDecision Authorize(AuthorizationRequest request) => new(request.Verb != "create");

        public AccessRules RulesFor(UserIdentity user, string namespaceName) => throw new NotSupportedException("nobody asks");
    }
}
