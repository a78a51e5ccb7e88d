using Strata.Api;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;
using Strata.Controllers.Discovery;
using Strata.Controllers.Runtime;

namespace Strata.Controllers.Namespaces;

/// <summary>Empties a namespace that is being deleted, pods first (KEP-5080), then lets it go.</summary>
internal sealed class NamespaceReconciler(IKubeClient client, ILister<Namespace> namespaces) : IReconciler
{
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(1);

    public async Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken)
    {
        if (namespaces.Get(key) is not { } found || !found.IsDeleting() || found.Spec.Finalizers.Count == 0)
        {
            return ReconcileResult.Settled;
        }

        var resources = (await ResourceDiscovery.AllAsync(client.Transport, cancellationToken))
            .Where(resource => resource.Kind.Namespaced && resource.Verbs.Contains("list") && resource.Verbs.Contains("delete"))
            .OrderByDescending(resource => resource.Kind.Plural == "pods")
            .ToList();
        foreach (var resource in resources)
        {
            var left = await EmptyAsync(resource, key.Name, cancellationToken);
            if (left > 0 && resource.Kind.Plural == "pods")
            {
                return ReconcileResult.RecheckAfter(Recheck); // Pods may still need the rest: their volumes, secrets and accounts.
            }
        }

        foreach (var resource in resources)
        {
            if (await CountAsync(resource, key.Name, cancellationToken) > 0)
            {
                return ReconcileResult.RecheckAfter(Recheck);
            }
        }

        // The lister may be behind; finalizing needs the version that the server has.
        var latest = await client.FindAsync<Namespace>(null, key.Name, cancellationToken);
        if (latest?.Metadata.Uid == found.Metadata.Uid && latest.IsDeleting())
        {
            await client.UpdateAsync(latest with { Spec = latest.Spec with { Finalizers = [.. latest.Spec.Finalizers.Where(name => name != "kubernetes")] } }, "finalize", cancellationToken);
        }

        return ReconcileResult.Settled;
    }

    private async Task<int> EmptyAsync(ApiResource resource, string namespaceName, CancellationToken cancellationToken)
    {
        if (await CountAsync(resource, namespaceName, cancellationToken) == 0)
        {
            return 0;
        }

        if (resource.Verbs.Contains("deletecollection"))
        {
            var body = new DeleteRequest(PropagationPolicy: "Background").ToJson();
            await client.Transport.ListAsync(new ApiRequest(HttpMethod.Delete, resource.Kind.Path(namespaceName), "", body), cancellationToken);
        }
        else
        {
            await DeleteEachAsync(resource, namespaceName, cancellationToken);
        }

        return await CountAsync(resource, namespaceName, cancellationToken);
    }

    private async Task DeleteEachAsync(ApiResource resource, string namespaceName, CancellationToken cancellationToken)
    {
        var list = await client.Transport.ListAsync(new ApiRequest(HttpMethod.Get, resource.Kind.Path(namespaceName)), cancellationToken);
        foreach (var item in list.Items)
        {
            var metadata = ModelJson.Parse<PartialObject>(item.Json.Span).Metadata;
            var body = new DeleteRequest(PropagationPolicy: "Background", Uid: metadata.Uid).ToJson();
            try
            {
                await client.Transport.SendAsync(new ApiRequest(HttpMethod.Delete, resource.Kind.Path(namespaceName, metadata.Name), "", body), cancellationToken);
            }
            catch (ApiException error) when (error.IsNotFound || error.IsConflict)
            {
                // Gone already; what may have come in its place is counted below.
            }
        }
    }

    private async Task<int> CountAsync(ApiResource resource, string namespaceName, CancellationToken cancellationToken) =>
        (await client.Transport.ListAsync(new ApiRequest(HttpMethod.Get, resource.Kind.Path(namespaceName), "limit=1"), cancellationToken)).Items.Count;
}
