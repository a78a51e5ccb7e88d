using System.Text.Json.Serialization;

namespace Strata.Arm.ContainerGroups;

/// <summary>A container, or an init container (which has no ports, resources or probes).</summary>
public sealed record Container
{
    public string? Name { get; set; }

    public ContainerProperties? Properties { get; set; }

    [JsonExtensionData]
    public System.Text.Json.Nodes.JsonObject? Unknown { get; set; }

    internal Container WithoutSecrets() => this with
    {
        Properties = Properties is null ? null : Properties with
        {
            EnvironmentVariables = Properties.EnvironmentVariables?.Select(v => v with { SecureValue = null }).ToArray(),
        },
    };
}
