using System.Text;
using Strata.Api.Models;
using Strata.Pods.Environment;
using Strata.Pods.References;

namespace Strata.Pods.Volumes;

/// <summary>Turns configMap, secret, downwardAPI and projected volumes into files to write. Pure; tokens are requested before and handed in.</summary>
public static class VolumeContentResolver
{
    private const int DefaultMode = 0b110_100_100;

    /// <summary>Whether the volume is one of those whose content comes from API objects.</summary>
    public static bool IsContentVolume(Volume volume) =>
        volume.ConfigMap is not null || volume.Secret is not null || volume.DownwardAPI is not null || volume.Projected is not null;

    /// <param name="tokens">Service account tokens by projection; see <see cref="TokenKey"/>.</param>
    public static VolumeContent Resolve(
        Pod pod, Volume volume, ReferencedObjects objects, PodRuntimeFacts facts, IReadOnlyDictionary<TokenKey, string> tokens)
    {
        var files = new FileSet(pod, objects, facts, tokens);
        if (volume.ConfigMap is { } configMap)
        {
            files.AddConfigMap(configMap.Name, configMap.Items, configMap.DefaultMode ?? DefaultMode, configMap.Optional ?? false);
        }
        else if (volume.Secret is { } secret)
        {
            files.AddSecret(secret.SecretName, secret.Items, secret.DefaultMode ?? DefaultMode, secret.Optional ?? false);
        }
        else if (volume.DownwardAPI is { } downward)
        {
            files.AddDownward(downward.Items, downward.DefaultMode ?? DefaultMode);
        }
        else if (volume.Projected is { } projected)
        {
            foreach (var source in projected.Sources)
            {
                files.AddProjection(source, projected.DefaultMode ?? DefaultMode);
            }
        }

        return files.Finish();
    }

    private sealed class FileSet(Pod pod, ReferencedObjects objects, PodRuntimeFacts facts, IReadOnlyDictionary<TokenKey, string> tokens)
    {
        private readonly SortedDictionary<string, VolumeFile> _files = new(StringComparer.Ordinal);
        private readonly List<MissingReference> _missing = [];

        public void AddProjection(VolumeProjection source, int mode)
        {
            if (source.ConfigMap is { } configMap)
            {
                AddConfigMap(configMap.Name, configMap.Items, mode, configMap.Optional ?? false);
            }
            else if (source.Secret is { } secret)
            {
                AddSecret(secret.Name, secret.Items, mode, secret.Optional ?? false);
            }
            else if (source.DownwardAPI is { } downward)
            {
                AddDownward(downward.Items, mode);
            }
            else if (source.ServiceAccountToken is { } token)
            {
                AddToken(token, mode);
            }
            else
            {
                _missing.Add(new MissingReference("Projection", pod.Metadata.Name, null, false, "projected volume has a source that this node does not support (clusterTrustBundle and podCertificate are not supported)"));
            }
        }

        public void AddConfigMap(string name, IReadOnlyList<KeyToPath> items, int mode, bool isOptional)
        {
            if (!objects.ConfigMaps.TryGetValue(name, out var configMap))
            {
                _missing.Add(Missing.ConfigMap(name, isOptional));
                return;
            }

            var data = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            foreach (var (key, value) in configMap.Data)
            {
                data[key] = Encoding.UTF8.GetBytes(value);
            }

            foreach (var (key, value) in configMap.BinaryData)
            {
                data[key] = value;
            }

            AddKeys(data, items, mode, isSecret: false, key => Missing.ConfigMapKey(pod.Metadata.Namespace, name, key, isOptional));
        }

        public void AddSecret(string name, IReadOnlyList<KeyToPath> items, int mode, bool isOptional)
        {
            if (!objects.Secrets.TryGetValue(name, out var secret))
            {
                _missing.Add(Missing.Secret(name, isOptional));
                return;
            }

            var data = new SortedDictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
            foreach (var (key, value) in secret.Data)
            {
                data[key] = value;
            }

            AddKeys(data, items, mode, isSecret: true, key => Missing.SecretKey(pod.Metadata.Namespace, name, key, isOptional));
        }

        public void AddDownward(IReadOnlyList<DownwardAPIVolumeFile> items, int mode)
        {
            foreach (var item in items)
            {
                var text = item.FieldRef is { } field
                    ? FieldReferences.Field(pod, field.FieldPath, facts)
                    : item.ResourceFieldRef is { } resource && PodContainers.Find(pod.Spec, resource.ContainerName) is { } container
                        ? FieldReferences.Resource(container, resource, facts)
                        : null;
                if (text is null)
                {
                    var path = item.FieldRef?.FieldPath ?? item.ResourceFieldRef?.Resource ?? item.Path;
                    _missing.Add(new MissingReference("Field", path, null, false, $"unsupported fieldPath: {path}"));
                    continue;
                }

                Add(item.Path, Encoding.UTF8.GetBytes(text), item.Mode ?? mode, isSecret: false);
            }
        }

        public VolumeContent Finish() => new(_files, _missing);

        private void AddToken(ServiceAccountTokenProjection token, int mode)
        {
            if (tokens.TryGetValue(TokenKey.Of(pod, token), out var value))
            {
                Add(token.Path, Encoding.UTF8.GetBytes(value), TokenMode(mode), isSecret: true);
            }
            else
            {
                _missing.Add(new MissingReference("Token", pod.Spec.ServiceAccountName, null, false, $"no token for service account \"{pod.Spec.ServiceAccountName}\""));
            }
        }

        // Source: pkg/volume/projected: a token is 0600 when every container runs as the same user (who then owns it), unless a group must read it.
        private int TokenMode(int mode)
        {
            if (pod.Spec.SecurityContext?.FsGroup is not null)
            {
                return 0b110_100_000;
            }

            return TokenOwner(pod.Spec) is not null ? 0b110_000_000 : mode;
        }

        private void AddKeys(
            SortedDictionary<string, ReadOnlyMemory<byte>> data, IReadOnlyList<KeyToPath> items, int mode, bool isSecret, Func<string, MissingReference> missing)
        {
            if (items.Count == 0)
            {
                foreach (var (key, value) in data)
                {
                    Add(key, value, mode, isSecret);
                }

                return;
            }

            foreach (var item in items)
            {
                if (data.TryGetValue(item.Key, out var value))
                {
                    Add(item.Path, value, item.Mode ?? mode, isSecret);
                }
                else
                {
                    _missing.Add(missing(item.Key));
                }
            }
        }

        private void Add(string path, ReadOnlyMemory<byte> data, int mode, bool isSecret)
        {
            // The API server refuses such paths; a node must not trust that it did.
            if (path.Length == 0 || path[0] == '/' || path.Split('/').Any(part => part is ".." or "." or "") || path.StartsWith("..", StringComparison.Ordinal))
            {
                _missing.Add(new MissingReference("Path", path, null, false, $"invalid path \"{path}\" in a volume"));
                return;
            }

            _files[path] = new VolumeFile(data, mode, isSecret);
        }
    }

    /// <summary>The one user all containers run as, who then owns service account tokens; null when there is no such user.</summary>
    public static long? TokenOwner(PodSpec spec)
    {
        long? owner = null;
        foreach (var container in PodContainers.All(spec))
        {
            if ((container.SecurityContext?.RunAsUser ?? spec.SecurityContext?.RunAsUser) is not { } user || (owner is not null && owner != user))
            {
                return null;
            }

            owner = user;
        }

        return owner;
    }
}
