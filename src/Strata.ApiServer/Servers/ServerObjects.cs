using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Json;
using Strata.Api.Models;
using Strata.ApiServer.Registry;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Servers;

/// <summary>Objects that servers write themselves, several of them at the same time. Repeating a call is harmless.</summary>
internal sealed class ServerObjects(ResourceRegistry registry)
{
    /// <summary>Creates the object; one that is there stays as it is.</summary>
    public async Task EnsureAsync<T>(T wanted, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var store = registry.Get(T.Info);
        if (await store.FindAsync(wanted.Key(), cancellationToken) is not null)
        {
            return;
        }

        try
        {
            await store.CreateAsync(WriteContext.Server, wanted.Metadata.Namespace, null, TreeOf(wanted), cancellationToken);
        }
        catch (ApiException taken) when (taken.IsAlreadyExists)
        {
            // Another server over the same store was faster.
        }
    }

    /// <summary>Makes the object say what is wanted, except for its metadata.</summary>
    public async Task PublishAsync<T>(T wanted, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        await EnsureAsync(wanted, cancellationToken);
        await registry.Get(T.Info).UpdateAsync(
            WriteContext.Server, wanted.Key(), "", WriteMode.Main, current => With(current, TreeOf(wanted)), null, cancellationToken);
    }

    private static JsonObject With(JsonObject current, JsonObject wanted)
    {
        foreach (var (name, value) in wanted)
        {
            if (name != "metadata")
            {
                current[name] = value?.DeepClone();
            }
        }

        return current;
    }

    private static JsonObject TreeOf<T>(T source)
        where T : class, IKubeObject<T> =>
        StrictJson.Parse(ModelJson.Serialize(source), null).AsObject();
}
