using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Strata.Arm.ContainerGroups;

public sealed record ContainerProperties
{
    public string? Image { get; set; }

    /// <summary>Replaces the image's entry point and its arguments; no shell.</summary>
    public IReadOnlyList<string>? Command { get; set; }

    public IReadOnlyList<ContainerPort>? Ports { get; set; }

    public IReadOnlyList<EnvironmentVariable>? EnvironmentVariables { get; set; }

    public JsonObject? ConfigMap { get; set; }

    public ContainerResources? Resources { get; set; }

    public IReadOnlyList<VolumeMount>? VolumeMounts { get; set; }

    public ContainerProbe? LivenessProbe { get; set; }

    public ContainerProbe? ReadinessProbe { get; set; }

    public ContainerSecurityContext? SecurityContext { get; set; }

    public ContainerInstanceView? InstanceView { get; set; }

    [JsonExtensionData]
    public JsonObject? Unknown { get; set; }
}
