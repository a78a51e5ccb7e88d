namespace Strata.Arm.ContainerGroups;

/// <summary>Standard output and error of a container, merged.</summary>
public sealed record ContainerLogs
{
    public string Content { get; set; } = "";
}
