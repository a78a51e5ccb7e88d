namespace Strata.Cri;

/// <summary>What <see cref="ContainerdProcess.StateChanged"/> reports.</summary>
public enum ContainerdState
{
    /// <summary>It ended without being asked to. Containers go on under their shims; calls fail until it is back.</summary>
    Exited,

    /// <summary>A restart did not succeed; the next attempt follows after a pause.</summary>
    RestartFailed,

    /// <summary>It answers again, and knows the containers it had.</summary>
    Restarted,
}
