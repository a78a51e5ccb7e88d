using Strata.Api.Models;

namespace Strata.Pods.References;

/// <summary>Names of the ConfigMaps and Secrets that a pod mentions anywhere: what must be fetched before its environment and volumes can be resolved.</summary>
public sealed record PodReferences(IReadOnlySet<string> ConfigMaps, IReadOnlySet<string> Secrets)
{
    public static PodReferences Of(Pod pod)
    {
        var configMaps = new SortedSet<string>(StringComparer.Ordinal);
        var secrets = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var container in PodContainers.All(pod.Spec))
        {
            foreach (var source in container.EnvFrom)
            {
                Add(configMaps, source.ConfigMapRef?.Name);
                Add(secrets, source.SecretRef?.Name);
            }

            foreach (var variable in container.Env)
            {
                Add(configMaps, variable.ValueFrom?.ConfigMapKeyRef?.Name);
                Add(secrets, variable.ValueFrom?.SecretKeyRef?.Name);
            }
        }

        foreach (var volume in pod.Spec.Volumes)
        {
            Add(configMaps, volume.ConfigMap?.Name);
            Add(secrets, volume.Secret?.SecretName);
            foreach (var source in volume.Projected?.Sources ?? [])
            {
                Add(configMaps, source.ConfigMap?.Name);
                Add(secrets, source.Secret?.Name);
            }
        }

        foreach (var secret in pod.Spec.ImagePullSecrets)
        {
            Add(secrets, secret.Name);
        }

        return new PodReferences(configMaps, secrets);
    }

    private static void Add(SortedSet<string> names, string? name)
    {
        if (!string.IsNullOrEmpty(name))
        {
            names.Add(name);
        }
    }
}
