using Strata.Api.Models;

namespace Strata.Pods.Probes;

/// <summary>Carries out one probe. The node agent reaches containers through the runtime and the pod network; a virtual node through its provider.</summary>
public interface IProber
{
    /// <summary>Probes once, ending within the probe's time-out. Every failure to reach the container is an outcome, not an exception.</summary>
    Task<ProbeOutcome> ProbeAsync(ProbeTarget target, Probe probe, CancellationToken cancellationToken);
}
