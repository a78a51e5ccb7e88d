using Strata.Api.Models;

namespace Strata.ApiServer.Authorization.Nodes;

/// <summary>What a pod makes its node read (pkg/api/v1/pod: VisitPodSecretNames, VisitPodConfigmapNames). Pure.</summary>
internal static class PodReferences
{
    public static bool UsesSecret(Pod pod, string name) => Secrets(pod).Contains(name);

    public static bool UsesConfigMap(Pod pod, string name) => ConfigMaps(pod).Contains(name);

    public static bool UsesClaim(Pod pod, string name) => Claims(pod).Contains(name);

    public static bool UsesServiceAccount(Pod pod, string name) => pod.Spec.ServiceAccountName == name;

    public static IEnumerable<string> Secrets(Pod pod) =>
        pod.Spec.ImagePullSecrets.Select(static secret => secret.Name)
            .Concat(EnvironmentOf(pod).Select(static variable => variable.ValueFrom?.SecretKeyRef?.Name))
            .Concat(EnvironmentSourcesOf(pod).Select(static source => source.SecretRef?.Name))
            .Concat(pod.Spec.Volumes.SelectMany(SecretsOf))
            .OfType<string>();

    public static IEnumerable<string> ConfigMaps(Pod pod) =>
        EnvironmentOf(pod).Select(static variable => variable.ValueFrom?.ConfigMapKeyRef?.Name)
            .Concat(EnvironmentSourcesOf(pod).Select(static source => source.ConfigMapRef?.Name))
            .Concat(pod.Spec.Volumes.Select(static volume => volume.ConfigMap?.Name))
            .Concat(pod.Spec.Volumes.SelectMany(static volume => volume.Projected?.Sources ?? []).Select(static source => source.ConfigMap?.Name))
            .OfType<string>();

    /// <summary>Claims that the pod names, and those that are made for it (KEP-1698: pod name, hyphen, volume name).</summary>
    public static IEnumerable<string> Claims(Pod pod) =>
        pod.Spec.Volumes.Select(volume => volume.Ephemeral is not null ? $"{pod.Metadata.Name}-{volume.Name}" : volume.PersistentVolumeClaim?.ClaimName).OfType<string>();

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
