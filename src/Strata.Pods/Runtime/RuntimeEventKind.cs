namespace Strata.Pods.Runtime;

/// <summary>What happened to a container or sandbox.</summary>
public enum RuntimeEventKind
{
    /// <summary>Its main process ended; the runtime's record of that may follow some milliseconds later.</summary>
    Exited,

    /// <summary>The kernel killed a process of it for lack of memory.</summary>
    OutOfMemory,

    /// <summary>It was removed.</summary>
    Removed,
}
