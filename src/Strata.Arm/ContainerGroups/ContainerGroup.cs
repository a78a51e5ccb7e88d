using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Strata.Arm.ContainerGroups;

/// <summary>A container group: containers that share one host, one network namespace and one life.</summary>
/// <remarks>Enumerations are strings so that a value of a newer api-version survives. Sub-resources that nobody here interprets
/// stay JSON trees.</remarks>
public sealed record ContainerGroup
{
    public string? Id { get; set; }

    public string? Name { get; set; }

    public string? Type { get; set; }

    public string? Location { get; set; }

    public IReadOnlyDictionary<string, string>? Tags { get; set; }

    public IReadOnlyList<string>? Zones { get; set; }

    public JsonObject? Identity { get; set; }

    public ContainerGroupProperties? Properties { get; set; }

    [JsonExtensionData]
    public JsonObject? Unknown { get; set; }

    /// <summary>The group without anything that is write-only, safe to answer or log: secure variables keep their name, secret
    /// volumes their existence, credentials their server and user.</summary>
    public ContainerGroup WithoutSecrets() => this with { Properties = Properties?.WithoutSecrets() };
}
