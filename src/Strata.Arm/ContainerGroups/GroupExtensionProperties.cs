using System.Text.Json.Nodes;

namespace Strata.Arm.ContainerGroups;

public sealed record GroupExtensionProperties
{
    public string? ExtensionType { get; set; }

    public string? Version { get; set; }

    public JsonObject? Settings { get; set; }

    /// <summary>Write-only: never answered.</summary>
    public JsonObject? ProtectedSettings { get; set; }

    /// <summary>Read-only, of <see cref="PodExtension"/> only: the Kubernetes PodStatus behind the group.</summary>
    public JsonObject? Status { get; set; }
}
