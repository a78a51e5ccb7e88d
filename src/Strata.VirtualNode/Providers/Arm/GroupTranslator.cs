using Strata.Arm.ContainerGroups;
using Strata.Pods.Runtime;
using Strata.VirtualNode.Resolution;
using ArmContainer = Strata.Arm.ContainerGroups.Container;
using Kube = Strata.Api.Models;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Turns a pod into a container group. Pure.</summary>
/// <remarks>Image, resources, ports and variables always stand in the group. The rest of a container stands in the extension, as the pod says it, where the service
/// understands it (<see cref="PodFragment"/>), else in the group as far as ACI can say it (<see cref="PlainContainers"/>).</remarks>
internal sealed class GroupTranslator(ArmProviderOptions options, ClusterScope scope)
{
    public TranslatedPod Translate(ResolvedPod pod)
    {
        var spec = pod.Pod.Spec;
        var problems = UnsupportedFields.Of(pod.Pod).ToList();
        if (problems.Count > 0)
        {
            return new TranslatedPod(new ContainerGroup(), problems, []);
        }

        var plan = new GroupResources(options);
        var resources = plan.Plan(spec);
        var notes = plan.Notes.ToList();
        var plain = options.UsePodExtension ? null : new PlainContainers(pod, problems, notes);
        var ports = new HashSet<(int, string)>();
        var containers = spec.Containers.Select((container, index) => Translate(pod, container, plain, properties => properties with
        {
            Resources = resources[index],
            Ports = PortsOf(container, ports),
        })).ToArray();
        var group = new ContainerGroup
        {
            Location = options.Location,
            Tags = GroupIdentity.TagsOf(pod.Pod, scope),
            Properties = new ContainerGroupProperties
            {
                OsType = "Linux",
                RestartPolicy = spec.RestartPolicy.Length == 0 ? "Always" : spec.RestartPolicy,
                Containers = containers,
                InitContainers = [.. spec.InitContainers.Select(container => Translate(pod, container, plain, properties => properties))],
                Volumes = plain?.Volumes() ?? [],
                DnsConfig = Dns(pod.Dns),
                ImageRegistryCredentials = Credentials(pod.Registries),
                SubnetIds = options.SubnetId is null ? null : [new SubnetReference { Id = options.SubnetId }],
                IpAddress = Address(containers),
                Extensions = options.UsePodExtension ? [PodFragment.Build(pod)] : null,
            },
        };
        plain?.CheckPod();
        return new TranslatedPod(group, problems, notes);
    }

    private static ArmContainer Translate(ResolvedPod pod, Kube.Container container, PlainContainers? plain, Func<ContainerProperties, ContainerProperties> complete)
    {
        var properties = new ContainerProperties { Image = container.Image };
        if (plain is not null)
        {
            properties = plain.Fill(properties, container);
        }
        else if (!FragmentVariables.AreNeeded(pod.Environments[container.Name]))
        {
            properties = properties with
            {
                EnvironmentVariables = [.. pod.Environments[container.Name].Variables.Select(variable => new EnvironmentVariable { Name = variable.Name, Value = variable.Value })],
            };
        }

        return new ArmContainer { Name = container.Name, Properties = complete(properties) };
    }

    // All containers of a group share its ports; Kubernetes does not mind one that is named twice, ACI does.
    private static ContainerPort[] PortsOf(Kube.Container container, HashSet<(int, string)> seen) =>
    [
        .. container.Ports.Select(port => (port.Port, Protocol: port.Protocol.Length == 0 ? "TCP" : port.Protocol))
            .Where(port => port.Protocol is "TCP" or "UDP" && seen.Add(port))
            .Select(port => new ContainerPort { Port = port.Port, Protocol = port.Protocol }),
    ];

    // With the extension the pod has an address of the cluster's own network; without it and without a subnet only a public one can be had.
    private IPAddressConfiguration? Address(IReadOnlyList<ArmContainer> containers)
    {
        const int MostPorts = 5;
        var ports = containers.SelectMany(container => container.Properties!.Ports!).Where(port => port.Protocol == "TCP").Take(MostPorts).ToArray();
        return options.UsePodExtension || options.SubnetId is not null || ports.Length == 0 ? null : new IPAddressConfiguration { Type = "Public", Ports = ports };
    }

    private static DnsConfiguration? Dns(DnsSettings? dns) => dns is null ? null : new DnsConfiguration
    {
        NameServers = dns.Servers,
        SearchDomains = dns.Searches.Count == 0 ? null : string.Join(' ', dns.Searches),
        Options = dns.Options.Count == 0 ? null : string.Join(' ', dns.Options),
    };

    private static ImageRegistryCredential[]? Credentials(IReadOnlyDictionary<string, RegistryCredential> registries) => registries.Count == 0
        ? null
        : [.. registries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new ImageRegistryCredential
        {
            Server = entry.Key,
            Username = entry.Value.UserName,
            Password = entry.Value.Password.Length > 0 ? entry.Value.Password : entry.Value.IdentityToken,
        })];
}
