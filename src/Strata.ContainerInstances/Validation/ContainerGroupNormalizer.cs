using Strata.Arm;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

/// <summary>Brings a request body into the one form that is validated, stored and compared: canonical spelling of enumerations,
/// defaults filled in, read-only members dropped. Members left out of a PUT fall back to their defaults, never to earlier values.</summary>
internal static class ContainerGroupNormalizer
{
    private static readonly string[] Canonical =
        ["Linux", "Windows", "Always", "OnFailure", "Never", "Public", "Private", "Standard", "Dedicated", "Confidential", "Regular", "Spot", "TCP", "UDP"];

    public static ContainerGroup Normalize(ContainerGroup body, ArmResourceId id, string defaultLocation)
    {
        var properties = body.Properties ?? new ContainerGroupProperties();
        return body with
        {
            Id = id.Text,
            Name = id.Name,
            Type = ArmProvider.ContainerGroups,
            Location = string.IsNullOrWhiteSpace(body.Location) ? defaultLocation : body.Location,
            Tags = body.Tags ?? new Dictionary<string, string>(),
            Unknown = null,
            Properties = properties with
            {
                ProvisioningState = null,
                InstanceView = null,
                IsCreatedFromStandbyPool = null,
                Containers = [.. (properties.Containers ?? []).Select(c => NormalizeContainer(c, isInit: false))],
                InitContainers = [.. (properties.InitContainers ?? []).Select(c => NormalizeContainer(c, isInit: true))],
                OsType = Spell(properties.OsType) ?? "Linux",
                RestartPolicy = Spell(properties.RestartPolicy) ?? "Always",
                Sku = Spell(properties.Sku) ?? "Standard",
                Priority = Spell(properties.Priority) ?? "Regular",
                IpAddress = properties.IpAddress is null ? null : properties.IpAddress with
                {
                    Ip = null,
                    Fqdn = null,
                    Unknown = null,
                    Type = Spell(properties.IpAddress.Type) ?? "Public",
                    Ports = NormalizePorts(properties.IpAddress.Ports),
                },
                Volumes = properties.Volumes ?? [],
                Extensions = properties.Extensions?.Select(e => e with { Properties = e.Properties is null ? null : e.Properties with { Status = null } }).ToArray(),
                Unknown = null,
            },
        };
    }

    private static Container NormalizeContainer(Container container, bool isInit)
    {
        var properties = container.Properties ?? new ContainerProperties();
        return container with
        {
            Unknown = null,
            Properties = properties with
            {
                Image = properties.Image?.Trim(),
                InstanceView = null,
                Unknown = null,
                Command = properties.Command ?? [],
                EnvironmentVariables = properties.EnvironmentVariables ?? [],
                VolumeMounts = properties.VolumeMounts ?? [],

                // An empty list must be answered: the azure-aci provider drops the status of a container without ports.
                Ports = isInit && properties.Ports is null ? null : NormalizePorts(properties.Ports),
            },
        };
    }

    private static ContainerPort[] NormalizePorts(IReadOnlyList<ContainerPort>? ports) =>
        [.. (ports ?? []).Select(p => p with { Protocol = Spell(p.Protocol) ?? "TCP" })];

    private static string? Spell(string? value) =>
        value is null ? null : Array.Find(Canonical, c => string.Equals(c, value, StringComparison.OrdinalIgnoreCase)) ?? value;
}
