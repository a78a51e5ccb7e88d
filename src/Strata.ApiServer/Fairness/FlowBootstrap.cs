using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Fairness;

/// <summary>Makes the FlowSchemas and PriorityLevelConfigurations of a new cluster, and at every start those that are missing. What users have changed stays. Repeating it is harmless.</summary>
internal sealed class FlowBootstrap(ResourceRegistry registry)
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
    [
        .. BuiltInFlows.Levels.Select(level => EnsureAsync(level, cancellationToken)),
        .. BuiltInFlows.Schemas.Select(schema => EnsureAsync(schema, cancellationToken)),
    ]);

    private async Task EnsureAsync<T>(T wanted, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var store = registry.Get(T.Info);
        if (store.FindCached(wanted.Key()) is not null)
        {
            return;
        }

        try
        {
            await store.CreateAsync(WriteContext.Server, "", null, StrictJson.Parse(ModelJson.Serialize(wanted), null).AsObject(), cancellationToken);
        }
        catch (ApiException taken) when (taken.IsAlreadyExists)
        {
            // Another server over the same store was faster.
        }
    }
}
