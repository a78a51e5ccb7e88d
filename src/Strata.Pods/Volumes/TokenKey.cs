using Strata.Api.Models;

namespace Strata.Pods.Volumes;

/// <summary>Identifies a service account token that a pod needs.</summary>
/// <param name="Audience">Empty for the API server.</param>
/// <param name="ExpirationSeconds">Asked life time; the server may shorten it.</param>
public sealed record TokenKey(string PodUid, string PodNamespace, string PodName, string ServiceAccount, string Audience, long ExpirationSeconds)
{
    public static TokenKey Of(Pod pod, ServiceAccountTokenProjection projection) => new(
        pod.Metadata.Uid, pod.Metadata.Namespace, pod.Metadata.Name,
        pod.Spec.ServiceAccountName.Length == 0 ? "default" : pod.Spec.ServiceAccountName, projection.Audience, projection.ExpirationSeconds ?? 3600);

    /// <summary>All tokens that the volumes of a pod project.</summary>
    public static IReadOnlyList<TokenKey> AllOf(Pod pod) =>
    [
        .. pod.Spec.Volumes
            .SelectMany(volume => volume.Projected?.Sources ?? [])
            .Where(source => source.ServiceAccountToken is not null)
            .Select(source => Of(pod, source.ServiceAccountToken!))
            .Distinct(),
    ];
}
