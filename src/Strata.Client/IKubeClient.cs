using Strata.Api.Models;

namespace Strata.Client;

/// <summary>Typed access to a Kubernetes API, ours or any other. Thread-safe. Every method throws <see cref="Api.Errors.ApiException"/> with the server's Status when
/// the API refuses, and with reason ServiceUnavailable when it cannot be reached.</summary>
public interface IKubeClient
{
    /// <summary>The untyped connection underneath, for streams and subresources.</summary>
    IApiTransport Transport { get; }

    /// <summary>Reads one object; throws NotFound when it does not exist.</summary>
    /// <param name="namespaceName">Namespace; null or empty for cluster-scoped kinds.</param>
    Task<T> GetAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Reads one object; null when it does not exist.</summary>
    Task<T?> FindAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <param name="namespaceName">Namespace; null or empty for all of them.</param>
    Task<ObjectList<T>> ListAsync<T>(string? namespaceName, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Streams changes after <see cref="WatchOptions.ResourceVersion"/> until cancelled or until the server ends the stream (then watch again from the last
    /// version seen). Throws with <c>IsExpired</c> when that version is gone.</summary>
    IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(string? namespaceName, WatchOptions options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Creates in the namespace that the object names.</summary>
    Task<T> CreateAsync<T>(T desired, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Replaces the object; its resourceVersion must be the one read, or the call throws Conflict.</summary>
    /// <param name="subresource">For example <c>status</c>; null for the object itself.</param>
    Task<T> UpdateAsync<T>(T desired, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    Task<T> PatchAsync<T>(string? namespaceName, string name, Patch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Deletes; false when the object does not exist any more. Throws Conflict when a precondition fails.</summary>
    Task<bool> DeleteAsync<T>(string? namespaceName, string name, DeleteRequest options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>;

    /// <summary>Creates through a subresource, for example <c>pods/x/binding</c> or <c>serviceaccounts/x/token</c>.</summary>
    /// <returns>The answer's JSON: an object or a Status of success.</returns>
    Task<ApiObject> CreateSubresourceAsync<TParent, TBody>(string? namespaceName, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : class, IKubeObject<TParent>
        where TBody : class, IJsonModel<TBody>;
}
