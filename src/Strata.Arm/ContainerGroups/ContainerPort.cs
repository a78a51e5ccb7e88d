namespace Strata.Arm.ContainerGroups;

/// <summary>A port of a container or of a group's address.</summary>
public sealed record ContainerPort
{
    public int Port { get; set; }

    /// <summary><c>TCP</c> (default) or <c>UDP</c>.</summary>
    public string? Protocol { get; set; }
}
