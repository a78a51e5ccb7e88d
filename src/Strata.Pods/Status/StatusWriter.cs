using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.Pods.Status;

/// <summary>Writes pod statuses to the API, only when they changed, and removes pods that have ended. One pod's calls must not overlap; different pods' may.</summary>
public sealed class StatusWriter(IKubeClient client)
{
    /// <summary>Writes <paramref name="wanted"/> if it differs from the status in <paramref name="known"/>, the newest form of the pod the caller has seen.</summary>
    /// <returns>The pod as it is now; null when it is gone (or replaced by another of its name).</returns>
    /// <exception cref="ApiException">The API cannot be reached or refuses the write; call again later.</exception>
    public async Task<Pod?> WriteAsync(Pod known, PodStatus wanted, CancellationToken cancellationToken)
    {
        if (PodStatusPatch.Between(known.Metadata.Uid, known.Status, wanted) is not { } patch)
        {
            return known;
        }

        try
        {
            return await client.PatchAsync<Pod>(known.Metadata.Namespace, known.Metadata.Name, patch, "status", cancellationToken);
        }
        catch (ApiException error) when (error.IsNotFound || error.IsConflict)
        {
            var current = await client.FindAsync<Pod>(known.Metadata.Namespace, known.Metadata.Name, cancellationToken);
            if (current is null || current.Metadata.Uid != known.Metadata.Uid)
            {
                return null;
            }

            throw;
        }
    }

    /// <summary>Removes a pod whose containers have all ended: step 6 of a termination.</summary>
    public async Task RemoveAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            await client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(0, Uid: pod.Metadata.Uid), cancellationToken);
        }
        catch (ApiException error) when (error.IsConflict)
        {
            // Another pod has taken the name: this one is gone already.
        }
    }
}
