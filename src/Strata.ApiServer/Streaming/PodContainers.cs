using Strata.Api.Errors;
using Strata.Api.Models;

namespace Strata.ApiServer.Streaming;

/// <summary>Which container of a pod a request means (registry/core/pod: strategy.go).</summary>
internal static class PodContainers
{
    /// <param name="wanted">Name in the request; empty for the only one.</param>
    /// <exception cref="ApiException">BadRequest.</exception>
    public static string Choose(Pod pod, string wanted)
    {
        var name = pod.Metadata.Name;
        if (wanted.Length == 0)
        {
            return pod.Spec.Containers switch
            {
                [var only] => only.Name,
                [] => throw ApiErrors.BadRequest($"a container name must be specified for pod {name}"),
                _ => throw ApiErrors.BadRequest(
                    $"a container name must be specified for pod {name}, choose one of: [{Names(pod.Spec.Containers)}]"
                    + (pod.Spec.InitContainers.Count > 0 ? $" or one of the init containers: [{Names(pod.Spec.InitContainers)}]" : "")),
            };
        }

        var isKnown = pod.Spec.Containers.Concat(pod.Spec.InitContainers).Any(container => container.Name == wanted)
            || pod.Spec.EphemeralContainers.Any(container => container.Name == wanted);
        return isKnown ? wanted : throw ApiErrors.BadRequest($"container {wanted} is not valid for pod {name}");
    }

    private static string Names(IEnumerable<Container> containers) => string.Join(' ', containers.Select(static container => container.Name));
}
