namespace Strata.Arm.ContainerGroups;

public sealed record VolumeMount
{
    public string? Name { get; set; }

    public string? MountPath { get; set; }

    public bool? ReadOnly { get; set; }
}
