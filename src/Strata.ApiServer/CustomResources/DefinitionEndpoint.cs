using Strata.ApiServer.Requests;

namespace Strata.ApiServer.CustomResources;

/// <summary>An endpoint of definitions. Whoever has its answer finds custom resources served as that answer says: a changed schema holds from then on, a deleted kind is gone.</summary>
/// <param name="catchUp">Returns when what is served is up to date.</param>
internal sealed class DefinitionEndpoint(IEndpoint inner, Func<CancellationToken, ValueTask> catchUp) : IEndpoint
{
    public EndpointInfo Info => inner.Info;

    public async ValueTask<ApiResult> HandleAsync(ApiCall call, CancellationToken cancellationToken)
    {
        try
        {
            return await inner.HandleAsync(call, cancellationToken);
        }
        finally
        {
            await catchUp(cancellationToken);
        }
    }
}
