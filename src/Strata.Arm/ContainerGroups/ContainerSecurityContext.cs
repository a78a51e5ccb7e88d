namespace Strata.Arm.ContainerGroups;

public sealed record ContainerSecurityContext
{
    public bool? Privileged { get; set; }

    public bool? AllowPrivilegeEscalation { get; set; }

    public ContainerCapabilities? Capabilities { get; set; }

    public int? RunAsUser { get; set; }

    public int? RunAsGroup { get; set; }

    /// <summary>A base64 seccomp profile.</summary>
    public string? SeccompProfile { get; set; }
}
