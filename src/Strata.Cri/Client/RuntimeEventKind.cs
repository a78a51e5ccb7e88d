namespace Strata.Cri;

/// <summary>What happened to a container's or sandbox's main process, or to its record.</summary>
public enum RuntimeEventKind
{
    /// <summary>The record exists; nothing runs yet.</summary>
    Created,

    /// <summary>The main process runs.</summary>
    Started,

    /// <summary>The main process ended; <see cref="RuntimeEvent.ExitCode"/> is set.</summary>
    Exited,

    /// <summary>The kernel killed a process of the container for want of memory. The exit follows as its own event.</summary>
    OutOfMemory,

    /// <summary>The record is gone.</summary>
    Deleted,
}
