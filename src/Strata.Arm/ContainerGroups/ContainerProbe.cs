namespace Strata.Arm.ContainerGroups;

/// <summary>A liveness or readiness probe: exactly one of <see cref="Exec"/> and <see cref="HttpGet"/>. Numbers left out follow Kubernetes.</summary>
public sealed record ContainerProbe
{
    public ContainerProbeExec? Exec { get; set; }

    public ContainerProbeHttpGet? HttpGet { get; set; }

    public int? InitialDelaySeconds { get; set; }

    public int? PeriodSeconds { get; set; }

    public int? FailureThreshold { get; set; }

    public int? SuccessThreshold { get; set; }

    public int? TimeoutSeconds { get; set; }
}
