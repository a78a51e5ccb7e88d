using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Reads other kinds from within the API server: what admission, authentication and allocation look things up with. Thread-safe.</summary>
internal interface IObjectReader
{
    /// <summary>Reads one object from memory, and from the store when memory does not have it (yet); null when it does not exist.</summary>
    /// <param name="namespaceName">Empty for cluster-scoped kinds.</param>
    ValueTask<T?> FindAsync<T>(string namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Reads one object as it was last written, whatever memory knows; null when it does not exist. For callers who act on what they have just changed.</summary>
    /// <param name="namespaceName">Empty for cluster-scoped kinds.</param>
    ValueTask<T?> FindLatestAsync<T>(string namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T> => FindAsync<T>(namespaceName, name, cancellationToken);

    /// <summary>All objects that memory knows, possibly a moment behind the store.</summary>
    /// <param name="namespaceName">Empty for all namespaces.</param>
    IReadOnlyList<T> List<T>(string namespaceName)
        where T : class, IKubeObject<T>;
}
