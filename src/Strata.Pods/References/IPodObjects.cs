using Strata.Api.Models;

namespace Strata.Pods.References;

/// <summary>Where the objects that pods refer to come from. Registering a pod keeps its objects at hand (and watched); the last pod to go releases them. Thread-safe.</summary>
public interface IPodObjects
{
    /// <summary>Fetches what the pod refers to. The first call for a pod registers it.</summary>
    /// <exception cref="Api.Errors.ApiException">The API cannot be reached or refuses the read.</exception>
    Task<ReferencedObjects> GetAsync(Pod pod, CancellationToken cancellationToken);

    /// <summary>The pod is gone. May be repeated.</summary>
    void Release(string podUid);
}
