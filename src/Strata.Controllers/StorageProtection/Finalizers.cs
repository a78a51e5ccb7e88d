using Strata.Api.Models;
using Strata.Client;

namespace Strata.Controllers.StorageProtection;

/// <summary>Adds and takes finalizers. A version that is not the latest fails with Conflict, and the loop looks again.</summary>
internal static class Finalizers
{
    public static async Task AddAsync<T>(IKubeClient client, T item, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        if (!item.Metadata.Finalizers.Contains(finalizer))
        {
            await client.UpdateAsync(item.WithMetadata(item.Metadata with { Finalizers = [.. item.Metadata.Finalizers, finalizer] }), null, cancellationToken);
        }
    }

    public static async Task RemoveAsync<T>(IKubeClient client, T item, string finalizer, CancellationToken cancellationToken)
        where T : class, IKubeObject<T>
    {
        if (item.Metadata.Finalizers.Contains(finalizer))
        {
            await client.UpdateAsync(item.WithMetadata(item.Metadata with { Finalizers = [.. item.Metadata.Finalizers.Where(name => name != finalizer)] }), null, cancellationToken);
        }
    }
}
