using Strata.Arm.ContainerGroups;
using Kube = Strata.Api.Models;

namespace Strata.ContainerInstances.Translation;

/// <summary>Turns a validated, normalised container group into a pod and its secrets. Pure.</summary>
internal static class GroupTranslator
{
    public static TranslatedGroup Translate(ContainerGroup group, TranslationContext context)
    {
        var secrets = new SecretCollector(context);
        var properties = group.Properties!;
        var total = GroupResources.Of(group);
        var pod = new Kube.Pod
        {
            Metadata = MetadataOf(group, context),
            Spec = new Kube.PodSpec
            {
                RestartPolicy = properties.RestartPolicy!,
                Containers = [.. properties.Containers!.Select(c => ContainerTranslator.Main(c, secrets))],
                InitContainers = [.. properties.InitContainers!.Select(c => ContainerTranslator.Init(c, total, secrets))],
                Volumes = [.. properties.Volumes!.Select(v => TranslateVolume(v, secrets))],
                DnsPolicy = properties.DnsConfig is null ? "Default" : "None",
                DnsConfig = TranslateDns(properties.DnsConfig),
                ImagePullSecrets = secrets.AddRegistries(properties.ImageRegistryCredentials ?? []),
                TerminationGracePeriodSeconds = 30,

                // A group is nobody's service account and must not learn of the core behind it.
                AutomountServiceAccountToken = false,
                EnableServiceLinks = false,
            },
        };
        if (PodExtension.Find(group)?.Properties is { } extension)
        {
            secrets.AddProtectedSettings(extension.ProtectedSettings);
            pod = PodOverlay.Apply(pod, extension.Settings, context.PodName);
        }

        return new TranslatedGroup(pod, secrets.Build());
    }

    internal static IReadOnlyDictionary<string, string> LabelsOf(TranslationContext context) => new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        [PodNames.InstallationLabel] = context.Installation,
        [PodNames.GroupUidLabel] = context.GroupUid,
    };

    private static Kube.ObjectMeta MetadataOf(ContainerGroup group, TranslationContext context) => new()
    {
        Name = context.PodName,
        Namespace = context.Namespace,
        Labels = new SortedDictionary<string, string>(LabelsOf(context).ToDictionary(), StringComparer.Ordinal) { [PodNames.GroupNameLabel] = group.Name! },
        Annotations = new Dictionary<string, string> { [PodNames.GroupIdAnnotation] = group.Id! },
        Finalizers = [PodNames.MeterFinalizer],
    };

    private static Kube.Volume TranslateVolume(Volume volume, SecretCollector secrets) => volume.Secret is null
        ? new Kube.Volume { Name = volume.Name!, EmptyDir = new Kube.EmptyDirVolumeSource() }
        : new Kube.Volume { Name = volume.Name!, Secret = secrets.AddFiles(volume.Name!, volume.Secret) };

    private static Kube.PodDNSConfig? TranslateDns(DnsConfiguration? dns) => dns is null ? null : new Kube.PodDNSConfig
    {
        Nameservers = dns.NameServers ?? [],
        Searches = Words(dns.SearchDomains),
        Options = [.. Words(dns.Options).Select(TranslateDnsOption)],
    };

    private static Kube.PodDNSConfigOption TranslateDnsOption(string option)
    {
        var colon = option.IndexOf(':', StringComparison.Ordinal);
        return colon < 0
            ? new Kube.PodDNSConfigOption { Name = option }
            : new Kube.PodDNSConfigOption { Name = option[..colon], Value = option[(colon + 1)..] };
    }

    private static string[] Words(string? text) => (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
