using System.Text.Json.Nodes;
using Strata.ApiServer.CustomResources.Conversion;
using Strata.ApiServer.Registry.ApiExtensions.CustomResourceDefinitions;
using Strata.ApiServer.Registry.Endpoints;
using Strata.ApiServer.Registry.Generic;
using Strata.ApiServer.Requests;

namespace Strata.ApiServer.CustomResources;

/// <summary>A definition that is served: the memory of each version, and its endpoints. Disposing it ends its watches.</summary>
internal sealed class ServedDefinition : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly IReadOnlyList<(CustomResourceVersion Version, ResourceStore Store)> _stores;
    private readonly Task _running;
    private readonly string _contents;

    private ServedDefinition(
        string contents, IReadOnlyList<(CustomResourceVersion, ResourceStore)> stores, CancellationTokenSource stop, Func<ResourceStore, CancellationToken, Task> run)
    {
        _contents = contents;
        _stores = stores;
        _stop = stop;
        _running = Task.WhenAll(stores.Select(store => run(store.Item2, stop.Token)));
    }

    public IEnumerable<ResourceStore> Stores => _stores.Select(static served => served.Store);

    /// <summary>Begins to keep the objects of every served version in memory.</summary>
    /// <param name="converter">Between the versions.</param>
    /// <param name="run">Keeps one version's memory current until cancelled, and does not throw.</param>
    public static ServedDefinition Start(JsonObject definition, ICustomResourceConverter converter, RegistryServices services, Func<ResourceStore, CancellationToken, Task> run, CancellationToken stopping)
    {
        var stores = CustomResourceVersion.ReadAll(definition).Where(static version => version.IsServed)
            .Select(version => (version, new ResourceStore(new CustomResourceStrategy(version, converter), services))).ToList();
        return new ServedDefinition(ContentsOf(definition), stores, CancellationTokenSource.CreateLinkedTokenSource(stopping), run);
    }

    /// <summary>Whether a changed definition is served just as before. If not, it is served anew, which ends the watches: upstream does the same.</summary>
    public bool Serves(JsonObject definition) => ContentsOf(definition) == _contents;

    public async Task WaitUntilFilledAsync(CancellationToken cancellationToken)
    {
        foreach (var (_, store) in _stores)
        {
            await store.WaitUntilFilledAsync(cancellationToken);
        }
    }

    public IEnumerable<IEndpoint> Endpoints(JsonObject definition)
    {
        var isTerminating = DefinitionConditions.IsTrue(definition, DefinitionConditions.Terminating);
        foreach (var (version, store) in _stores)
        {
            foreach (var endpoint in EndpointsOf(version, store))
            {
                yield return new CustomResourceEndpoint(endpoint, version, isTerminating);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private static IEnumerable<IEndpoint> EndpointsOf(CustomResourceVersion version, ResourceStore store)
    {
        yield return new ObjectEndpoint(store);
        if (version.HasStatus)
        {
            yield return new StatusEndpoint(store);
        }

        if (version.Scale is { } scale)
        {
            yield return new ScaleEndpoint(store, scale);
        }
    }

    // A definition that was deleted and made anew has another uid, and other objects.
    private static string ContentsOf(JsonObject definition) =>
        $"{definition.Metadata().TextOrEmpty("uid")}{definition["spec"]?.ToJsonString()}{definition.Object("status")?["acceptedNames"]?.ToJsonString()}";
}
