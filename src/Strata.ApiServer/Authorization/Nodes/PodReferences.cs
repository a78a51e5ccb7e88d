using Strata.Api.Models;

namespace Strata.ApiServer.Authorization.Nodes;

/// <summary>What a pod makes its node read (pkg/api/v1/pod: VisitPodSecretNames, VisitPodConfigmapNames). Pure.</summary>
internal static class PodReferences
{
    public static bool UsesSecret(Pod pod, string name) =>
        pod.Spec.ImagePullSecrets.Any(secret => secret.Name == name)
        || EnvironmentOf(pod).Any(variable => variable.ValueFrom?.SecretKeyRef?.Name == name)
        || EnvironmentSourcesOf(pod).Any(source => source.SecretRef?.Name == name)
        || pod.Spec.Volumes.Any(volume => SecretsOf(volume).Contains(name));

    public static bool UsesConfigMap(Pod pod, string name) =>
        EnvironmentOf(pod).Any(variable => variable.ValueFrom?.ConfigMapKeyRef?.Name == name)
        || EnvironmentSourcesOf(pod).Any(source => source.ConfigMapRef?.Name == name)
        || pod.Spec.Volumes.Any(volume => volume.ConfigMap?.Name == name || volume.Projected?.Sources.Any(source => source.ConfigMap?.Name == name) == true);

    /// <summary>A claim that the pod names, or one that is made for it (KEP-1698: pod name, hyphen, volume name).</summary>
    public static bool UsesClaim(Pod pod, string name) =>
        pod.Spec.Volumes.Any(volume => volume.PersistentVolumeClaim?.ClaimName == name || (volume.Ephemeral is not null && $"{pod.Metadata.Name}-{volume.Name}" == name));

    public static bool UsesServiceAccount(Pod pod, string name) => pod.Spec.ServiceAccountName == name;

    private static IEnumerable<EnvVar> EnvironmentOf(Pod pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).SelectMany(static container => container.Env)
            .Concat(pod.Spec.EphemeralContainers.SelectMany(static container => container.Env));

    private static IEnumerable<EnvFromSource> EnvironmentSourcesOf(Pod pod) =>
        pod.Spec.Containers.Concat(pod.Spec.InitContainers).SelectMany(static container => container.EnvFrom)
            .Concat(pod.Spec.EphemeralContainers.SelectMany(static container => container.EnvFrom));

    private static IEnumerable<string?> SecretsOf(Volume volume) =>
    [
        volume.Secret?.SecretName, volume.Csi?.NodePublishSecretRef?.Name, volume.AzureFile?.SecretName, volume.Cephfs?.SecretRef?.Name, volume.FlexVolume?.SecretRef?.Name,
        volume.ScaleIO?.SecretRef?.Name, volume.Iscsi?.SecretRef?.Name, volume.Rbd?.SecretRef?.Name, volume.Storageos?.SecretRef?.Name,
        .. volume.Projected?.Sources.Select(static source => source.Secret?.Name) ?? [],
    ];
}
