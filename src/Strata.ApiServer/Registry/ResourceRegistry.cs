using Strata.Api;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry;

/// <summary>The stores of all kinds.</summary>
internal sealed class ResourceRegistry : IObjectReader
{
    private readonly Dictionary<KindInfo, ResourceStore> _stores = [];

    public IReadOnlyCollection<ResourceStore> Stores => _stores.Values;

    /// <summary>Called while the server is put together, before any request.</summary>
    public void Add(ResourceStore store) => _stores.Add(store.Kind, store);

    /// <summary>The store of a kind; null when the kind is not served.</summary>
    public ResourceStore? Find(KindInfo kind) => _stores.GetValueOrDefault(kind);

    /// <summary>How many objects of a resource are in memory; 0 when it is not served.</summary>
    public int CountOf(string group, string resource)
    {
        foreach (var (kind, store) in _stores)
        {
            if (kind.Plural == resource && kind.Group == group)
            {
                return store.Cached.Map.Count;
            }
        }

        return 0;
    }

    /// <exception cref="InvalidOperationException">The kind is not served.</exception>
    public ResourceStore Get(KindInfo kind) => Find(kind) ?? throw new InvalidOperationException($"{kind.ApiVersion} {kind.Kind} is not served");

    public async ValueTask<T?> FindAsync<T>(string namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        if (Find(T.Info) is not { } store)
        {
            return null;
        }

        var key = new ObjectKey(namespaceName, name);
        var found = store.FindCached(key) ?? await store.FindAsync(key, cancellationToken);
        return found?.Shared.As<T>();
    }

    public async ValueTask<T?> FindLatestAsync<T>(string namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T> =>
        Find(T.Info) is { } store && await store.FindAsync(new ObjectKey(namespaceName, name), cancellationToken) is { } found ? found.Shared.As<T>() : null;

    public IReadOnlyList<T> List<T>(string namespaceName)
        where T : class, IKubeObject<T> =>
        Find(T.Info) is { } store ? [.. store.ListCached(namespaceName).Select(static entry => ServedObject.SharedOf(entry).As<T>())] : [];
}
