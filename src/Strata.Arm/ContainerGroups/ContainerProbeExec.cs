namespace Strata.Arm.ContainerGroups;

public sealed record ContainerProbeExec
{
    public IReadOnlyList<string>? Command { get; set; }
}
