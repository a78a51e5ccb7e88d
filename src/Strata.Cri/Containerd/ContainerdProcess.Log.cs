using Microsoft.Extensions.Logging;

namespace Strata.Cri;

public sealed partial class ContainerdProcess
{
    [LoggerMessage(EventIds.ContainerdStarted, LogLevel.Information, "containerd {ProcessId} serves {Socket} after {Milliseconds:0} ms")]
    private partial void LogStarted(int processId, string socket, double milliseconds);

    [LoggerMessage(EventIds.ContainerdAdopted, LogLevel.Information, "Adopted the running containerd {ProcessId} on {Socket}")]
    private partial void LogAdopted(int processId, string socket);

    [LoggerMessage(EventIds.ContainerdReconfigured, LogLevel.Information,
        "Replacing containerd {ProcessId} on {Socket}: it does not answer, or runs with another configuration")]
    private partial void LogReplacing(int processId, string socket);

    [LoggerMessage(EventIds.ContainerdExited, LogLevel.Warning, "containerd {ProcessId} on {Socket} ended; starting it again")]
    private partial void LogExited(int processId, string socket);

    [LoggerMessage(EventIds.ContainerdRestartFailed, LogLevel.Error, "Cannot restart containerd on {Socket}; next attempt in {Pause}")]
    private partial void LogRestartFailed(Exception exception, string socket, TimeSpan pause);

    [LoggerMessage(EventIds.ContainerdStopped, LogLevel.Information, "containerd on {Socket} is stopped")]
    private partial void LogStopped(string socket);

    [LoggerMessage(EventIds.ContainerdKilled, LogLevel.Warning,
        "containerd {ProcessId} did not end within {Seconds:0} s of SIGTERM; killed")]
    private partial void LogKilled(int processId, double seconds);

    [LoggerMessage(EventIds.SandboxRemovalFailed, LogLevel.Warning, "Could not remove sandbox {Sandbox} of containerd on {Socket}")]
    private partial void LogSandboxRemovalFailed(Exception exception, string sandbox, string socket);

    [LoggerMessage(EventIds.LeftoverProcessKilled, LogLevel.Warning, "Killed leftover container process {ProcessId}")]
    private partial void LogLeftoverKilled(int processId);

    [LoggerMessage(EventIds.LeftoverMountRemoved, LogLevel.Warning, "Unmounted leftover {Path}")]
    private partial void LogLeftoverUnmounted(string path);

    [LoggerMessage(EventIds.CgroupInUse, LogLevel.Warning, "The control group {Path} still holds processes and stays")]
    private partial void LogCgroupInUse(string path);

    [LoggerMessage(EventIds.StateObserverFailed, LogLevel.Error, "An observer of containerd's state failed on {State}")]
    private partial void LogObserverFailed(Exception exception, ContainerdState state);
}
