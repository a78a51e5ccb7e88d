namespace Strata.Kubelet.Logs;

/// <summary>Outputs of a container (KEP-3288).</summary>
public enum LogStreams
{
    /// <summary>Both.</summary>
    All,

    /// <summary>Standard output.</summary>
    Stdout,

    /// <summary>Standard error.</summary>
    Stderr,
}
