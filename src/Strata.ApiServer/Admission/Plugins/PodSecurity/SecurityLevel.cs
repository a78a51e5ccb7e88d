namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>How much a pod may do, from everything to as little as possible.</summary>
internal enum SecurityLevel
{
    Privileged,
    Baseline,
    Restricted,
}
