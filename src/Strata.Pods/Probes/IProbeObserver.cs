namespace Strata.Pods.Probes;

/// <summary>Hears what the probes of a pod find. Calls come from the probes' own tasks and must return at once.</summary>
public interface IProbeObserver
{
    /// <summary>One probe failed (its verdict may still hold).</summary>
    void Failed(ProbeKind kind, ProbeTarget target, string message);

    /// <summary>Enough probes in a row said the opposite of before (or the first verdict is in).</summary>
    void Turned(ProbeKind kind, ProbeTarget target, bool isSuccess);
}
