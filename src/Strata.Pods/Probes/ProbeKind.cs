namespace Strata.Pods.Probes;

/// <summary>The three probes of a container.</summary>
public enum ProbeKind
{
    Startup,
    Liveness,
    Readiness,
}
