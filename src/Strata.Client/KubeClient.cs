using System.Runtime.CompilerServices;
using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.Client;

/// <summary><see cref="IKubeClient"/> over any transport.</summary>
public sealed class KubeClient(IApiTransport transport) : IKubeClient
{
    public IApiTransport Transport { get; } = transport;

    public async Task<T> GetAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T> =>
        (await Transport.SendAsync(new ApiRequest(HttpMethod.Get, T.Info.Path(namespaceName, name)), cancellationToken)).As<T>();

    public async Task<T?> FindAsync<T>(string? namespaceName, string name, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        try
        {
            return await GetAsync<T>(namespaceName, name, cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return null;
        }
    }

    public async Task<ObjectList<T>> ListAsync<T>(string? namespaceName, ListOptions options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var list = await Transport.ListAsync(new ApiRequest(HttpMethod.Get, T.Info.Path(namespaceName), QueryText.Of(options)), cancellationToken);
        var items = new T[list.Items.Count];
        for (var index = 0; index < items.Length; index++)
        {
            items[index] = list.Items[index].As<T>();
        }

        return new ObjectList<T>(items, list.ResourceVersion, list.Continue);
    }

    public async IAsyncEnumerable<WatchEvent<T>> WatchAsync<T>(
        string? namespaceName, WatchOptions options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var request = new ApiRequest(HttpMethod.Get, T.Info.Path(namespaceName), QueryText.Of(options));
        await foreach (var frame in Transport.WatchAsync(request, cancellationToken).WithCancellation(cancellationToken))
        {
            yield return new WatchEvent<T>(frame.Type, frame.Object.As<T>());
        }
    }

    public async Task<T> CreateAsync<T>(T desired, CancellationToken cancellationToken)
        where T : class, IKubeObject<T> =>
        (await Transport.SendAsync(
            new ApiRequest(HttpMethod.Post, T.Info.Path(desired.Metadata.Namespace), "", ModelJson.Serialize(desired)), cancellationToken)).As<T>();

    public async Task<T> UpdateAsync<T>(T desired, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var path = T.Info.Path(desired.Metadata.Namespace, desired.Metadata.Name, subresource);
        return (await Transport.SendAsync(new ApiRequest(HttpMethod.Put, path, "", ModelJson.Serialize(desired)), cancellationToken)).As<T>();
    }

    public async Task<T> PatchAsync<T>(string? namespaceName, string name, Patch patch, string? subresource, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        var path = T.Info.Path(namespaceName, name, subresource);
        return (await Transport.SendAsync(new ApiRequest(HttpMethod.Patch, path, "", patch.Body, patch.ContentType), cancellationToken)).As<T>();
    }

    public async Task<bool> DeleteAsync<T>(string? namespaceName, string name, DeleteRequest options, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        try
        {
            await Transport.SendAsync(new ApiRequest(HttpMethod.Delete, T.Info.Path(namespaceName, name), "", options.ToJson()), cancellationToken);
            return true;
        }
        catch (ApiException error) when (error.IsNotFound)
        {
            return false;
        }
    }

    public Task<ApiObject> CreateSubresourceAsync<TParent, TBody>(
        string? namespaceName, string name, string subresource, TBody body, CancellationToken cancellationToken)
        where TParent : class, IKubeObject<TParent>
        where TBody : class, IJsonModel<TBody>
    {
        var path = TParent.Info.Path(namespaceName, name, subresource);
        return Transport.SendAsync(new ApiRequest(HttpMethod.Post, path, "", ModelJson.Serialize(body)), cancellationToken);
    }
}
