using System.Text;
using System.Text.Json.Nodes;
using Strata.Arm.ContainerGroups;
using Kube = Strata.Api.Models;

namespace Strata.ContainerInstances.Translation;

/// <summary>Gathers what is secret in a group into Secrets of the core, so that the pod itself holds none.</summary>
internal sealed class SecretCollector(TranslationContext context)
{
    private readonly SortedDictionary<string, byte[]> _data = new(StringComparer.Ordinal);
    private byte[]? _registries;

    public Kube.SecretKeySelector AddVariable(string container, string name, string value)
    {
        var key = $"env.{container}.{name}";
        _data[key] = Encoding.UTF8.GetBytes(value);
        return new Kube.SecretKeySelector { Name = PodNames.Secret(context.PodName), Key = key };
    }

    public Kube.SecretVolumeSource AddFiles(string volume, IReadOnlyDictionary<string, string> files)
    {
        var items = new List<Kube.KeyToPath>();
        foreach (var (file, content) in files.OrderBy(f => f.Key, StringComparer.Ordinal))
        {
            var key = $"volume.{volume}.{file}";
            _data[key] = Convert.FromBase64String(content);
            items.Add(new Kube.KeyToPath { Key = key, Path = file });
        }

        // An empty list of items would mean every key of the Secret; an empty volume must not show the others' secrets.
        return items.Count > 0
            ? new Kube.SecretVolumeSource { SecretName = PodNames.Secret(context.PodName), Items = items }
            : new Kube.SecretVolumeSource { SecretName = $"{PodNames.Secret(context.PodName)}-empty", Optional = true };
    }

    /// <summary>The container runtime's own format (a Docker <c>config.json</c>), as Kubernetes passes it on.</summary>
    public IReadOnlyList<Kube.LocalObjectReference> AddRegistries(IReadOnlyList<ImageRegistryCredential> credentials)
    {
        if (credentials.Count == 0)
        {
            return [];
        }

        var auths = new JsonObject();
        foreach (var credential in credentials)
        {
            auths[credential.Server!] = new JsonObject
            {
                ["username"] = credential.Username,
                ["password"] = credential.Password,
                ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")),
            };
        }

        _registries = Encoding.UTF8.GetBytes(new JsonObject { ["auths"] = auths }.ToJsonString());
        return [new Kube.LocalObjectReference { Name = PodNames.RegistrySecret(context.PodName) }];
    }

    public void AddProtectedSettings(JsonObject? protectedSettings)
    {
        foreach (var (key, content) in protectedSettings?["data"] as JsonObject ?? [])
        {
            _data[key] = Convert.FromBase64String((string)content!);
        }
    }

    public IReadOnlyList<Kube.Secret> Build()
    {
        var secrets = new List<Kube.Secret>();
        if (_data.Count > 0)
        {
            secrets.Add(Secret(PodNames.Secret(context.PodName), "Opaque", _data));
        }

        if (_registries is not null)
        {
            secrets.Add(Secret(
                PodNames.RegistrySecret(context.PodName), "kubernetes.io/dockerconfigjson", new Dictionary<string, byte[]> { [".dockerconfigjson"] = _registries }));
        }

        return secrets;
    }

    private Kube.Secret Secret(string name, string type, IReadOnlyDictionary<string, byte[]> data) => new()
    {
        Metadata = new Kube.ObjectMeta { Name = name, Namespace = context.Namespace, Labels = GroupTranslator.LabelsOf(context) },
        Type = type,
        Data = data,
    };
}
