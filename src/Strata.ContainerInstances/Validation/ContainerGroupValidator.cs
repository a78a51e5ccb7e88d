using System.Text.RegularExpressions;
using Strata.Arm;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

/// <summary>Checks a normalised group as ACI does and returns every problem. Limits and names: Azure's public documentation
/// ("Resource availability and quota limits", "Naming rules").</summary>
internal static partial class ContainerGroupValidator
{
    private const int MaxContainers = 60;
    private const int MaxVolumes = 20;
    private const int MaxPorts = 5;

    public static IReadOnlyList<ArmError> Validate(ContainerGroup group, InstanceLimits limits)
    {
        var problems = new Problems();
        var properties = group.Properties!;
        problems.Require(
            NameRule().IsMatch(group.Name ?? ""), "name",
            $"'{group.Name}' is not a valid container group name: 1 to 63 lower-case letters, digits and hyphens, no hyphen first or last.");
        OneOf(problems, properties.OsType, "properties.osType", "Linux", "Windows");
        OneOf(problems, properties.RestartPolicy, "properties.restartPolicy", "Always", "OnFailure", "Never");
        if (!string.Equals(LocationName(group.Location), LocationName(limits.Location), StringComparison.OrdinalIgnoreCase))
        {
            problems.Add(
                ErrorCodes.LocationNotAvailable, "location",
                $"The provided location '{group.Location}' is not available for resource type '{ArmProvider.ContainerGroups}'. List of available regions for the resource type is '{limits.Location}'.");
        }

        UnsupportedFeatures.Check(group, limits, problems);
        var containers = properties.Containers!;
        var all = containers.Concat(properties.InitContainers!).ToArray();
        problems.Require(containers.Count > 0, "properties.containers", "A container group needs at least one container.");
        problems.Require(all.Length <= MaxContainers, "properties.containers", $"The group has {all.Length} containers, init containers included; at most {MaxContainers} are allowed.");
        foreach (var name in all.GroupBy(c => c.Name, StringComparer.OrdinalIgnoreCase).Where(g => g.Count() > 1))
        {
            problems.Invalid("properties.containers", $"The container name '{name.Key}' is used more than once.");
        }

        VolumeValidator.Check(properties, MaxVolumes, problems);
        ContainerValidator.Check(properties, limits, problems);
        CheckAddress(properties, problems);
        CheckCredentials(properties, problems);
        CheckDns(properties, problems);
        PodExtensionValidator.Check(group, problems);
        return problems.Found;
    }

    /// <summary>Locations are written "West US" and "westus" alike.</summary>
    internal static string LocationName(string? location) => (location ?? "").Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();

    internal static bool IsName(string? name) => NameRule().IsMatch(name ?? "");

    internal static void OneOf(Problems problems, string? value, string target, params string[] allowed) =>
        problems.Require(allowed.Contains(value), target, $"'{value}' is not valid for '{target}'. Allowed values: {string.Join(", ", allowed)}.");

    private static void CheckAddress(ContainerGroupProperties properties, Problems problems)
    {
        if (properties.IpAddress is not { } address)
        {
            return;
        }

        OneOf(problems, address.Type, "properties.ipAddress.type", "Public", "Private");
        problems.Require(address.Ports!.Count > 0, "properties.ipAddress.ports", "An IP address needs at least one port.");
        problems.Require(address.Ports.Count <= MaxPorts, "properties.ipAddress.ports", $"{address.Ports.Count} ports are given; at most {MaxPorts} are allowed per IP address.");
        foreach (var port in address.Ports)
        {
            OneOf(problems, port.Protocol, "properties.ipAddress.ports.protocol", "TCP", "UDP");
            var exposed = properties.Containers!.Any(c => c.Properties!.Ports!.Any(p => p.Port == port.Port && p.Protocol == port.Protocol));
            problems.Require(exposed, "properties.ipAddress.ports", $"Port {port.Port}/{port.Protocol} of the IP address is not exposed by any container of the group.");
        }

        problems.Require(
            address.Ports.Distinct().Count() == address.Ports.Count, "properties.ipAddress.ports", "A port is listed more than once for the IP address.");
    }

    private static void CheckCredentials(ContainerGroupProperties properties, Problems problems)
    {
        foreach (var credential in properties.ImageRegistryCredentials ?? [])
        {
            var target = $"properties.imageRegistryCredentials['{credential.Server}']";
            problems.Require(!string.IsNullOrWhiteSpace(credential.Server), "properties.imageRegistryCredentials.server", "A registry credential needs a 'server'.");
            problems.Require(
                !string.IsNullOrEmpty(credential.Username) && credential.Password is not null, target,
                "A registry credential needs 'username' and 'password'. Passwords are never returned, so an update must carry them again.");
        }
    }

    private static void CheckDns(ContainerGroupProperties properties, Problems problems)
    {
        if (properties.DnsConfig is not { } dns)
        {
            return;
        }

        problems.Require(dns.NameServers is { Count: > 0 and <= 3 }, "properties.dnsConfig.nameServers", "'dnsConfig' needs 1 to 3 name servers.");
        foreach (var server in dns.NameServers ?? [])
        {
            problems.Require(System.Net.IPAddress.TryParse(server, out _), "properties.dnsConfig.nameServers", $"'{server}' is not an IP address.");
        }
    }

    [GeneratedRegex("^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    private static partial Regex NameRule();
}
