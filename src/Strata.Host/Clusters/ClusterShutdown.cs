using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Cri;
using Strata.Network;

namespace Strata.Host.Clusters;

/// <summary>Ends a cluster from outside: asks its process to stop, and cleans up after one that died. Harmless when there is nothing to do.</summary>
internal static partial class ClusterShutdown
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task<ShutdownOutcome> RunAsync(ClusterPaths paths, bool purge, CancellationToken cancellationToken)
    {
        var hadData = Directory.Exists(paths.Data);
        var wasRunning = hadData ? await EndProcessAsync(paths, cancellationToken) : await EndProcessWithoutDataAsync(paths, cancellationToken);
        IReadOnlyList<string> left = wasRunning ? [] : Leftovers.Running(paths);
        await CleanUpAsync(paths, cancellationToken);
        if (purge || !hadData)
        {
            Purge(paths);
        }

        return new ShutdownOutcome(wasRunning, left);
    }

    /// <summary>Whether containerd or its containers outlived the process of the cluster.</summary>
    public static bool HasLeftovers(ClusterPaths paths) => File.Exists(Path.Combine(paths.ContainerdRun, "containerd.sock")) || Leftovers.Processes(paths).Any();

    /// <summary>Ends containers and containerd and removes the network, whether or not the process that started them still exists. Call it with the cluster's lock held or free.</summary>
    public static async Task CleanUpAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        if (HasLeftovers(paths))
        {
            await using var containerd = await ContainerdProcess.StartAsync(
                ClusterRuntime.ContainerdOptionsOf(paths), NullLogger<ContainerdProcess>.Instance, TimeProvider.System, cancellationToken);
            await containerd.StopAsync(removeContainers: true, cancellationToken);
        }

        if ((ClusterState.TryLoad(paths) ?? ClusterState.Recall(paths)) is { Server: null } state)
        {
            await NetworkService.CleanupAsync(ClusterRuntime.NetworkOptionsOf(paths, state), TimeProvider.System, cancellationToken);
        }

        Unmount(paths);
        if (Directory.Exists(paths.Run))
        {
            Directory.Delete(paths.Run, recursive: true);
        }
    }

    private static async Task<bool> EndProcessAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        if (await TryLockAsync(paths, TimeSpan.Zero, cancellationToken))
        {
            return false;
        }

        var process = await ReadPidAsync(paths, cancellationToken);
        Signal(process, SigTerm);
        if (!await TryLockAsync(paths, Patience, cancellationToken))
        {
            Signal(process, SigKill);
            if (!await TryLockAsync(paths, Patience, cancellationToken))
            {
                throw new UserException($"process {process} does not end; look at it with: ps -fp {process}");
            }
        }

        return true;
    }

    // The lock went with the folder, so the process is known by its number alone; it must be this program.
    private static async Task<bool> EndProcessWithoutDataAsync(ClusterPaths paths, CancellationToken cancellationToken)
    {
        if (!File.Exists(paths.Pid) || !int.TryParse(await File.ReadAllTextAsync(paths.Pid, cancellationToken), NumberStyles.Integer, CultureInfo.InvariantCulture, out var process) || !IsThisProgram(process))
        {
            return false;
        }

        Signal(process, SigTerm);
        var begin = Stopwatch.GetTimestamp();
        while (IsThisProgram(process))
        {
            if (Stopwatch.GetElapsedTime(begin) >= Patience)
            {
                Signal(process, SigKill);
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }

        return true;
    }

    private static bool IsThisProgram(int process) => new FileInfo($"/proc/{process}/exe").LinkTarget is { } program && program == Environment.ProcessPath;

    // The lock is free exactly when no process runs the cluster.
    private static async Task<bool> TryLockAsync(ClusterPaths paths, TimeSpan patience, CancellationToken cancellationToken)
    {
        var begin = Stopwatch.GetTimestamp();
        while (true)
        {
            if (ClusterLock.TryTake(paths) is { } free)
            {
                free.Dispose();
                return true;
            }

            if (Stopwatch.GetElapsedTime(begin) >= patience)
            {
                return false;
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    private static async Task<int> ReadPidAsync(ClusterPaths paths, CancellationToken cancellationToken) =>
        File.Exists(paths.Pid) && int.TryParse(await File.ReadAllTextAsync(paths.Pid, cancellationToken), NumberStyles.Integer, CultureInfo.InvariantCulture, out var pid)
            ? pid
            : throw new UserException($"a process holds {paths.Lock}, but {paths.Pid} does not name it; find it with: fuser {paths.Lock}");

    // Volumes in memory of pods that nobody ended.
    private static void Unmount(ClusterPaths paths)
    {
        var mounts = File.ReadLines("/proc/self/mounts").Select(line => line.Split(' ')[1].Replace("\\040", " ", StringComparison.Ordinal))
            .Where(path => path.StartsWith(paths.Data + "/", StringComparison.Ordinal) || path.StartsWith(paths.Run + "/", StringComparison.Ordinal))
            .Reverse()
            .ToList();
        foreach (var path in mounts)
        {
            const int detach = 2; // MNT_DETACH: gone for everyone at once, freed when the last user lets go.
            if (Umount2(path, detach) != 0)
            {
                throw new UserException($"cannot unmount {path} (error {Marshal.GetLastPInvokeError()}); end what uses it and run strata down again");
            }
        }
    }

    private static void Purge(ClusterPaths paths)
    {
        ClusterState.ReleaseSlot(paths);
        if (Directory.Exists(paths.Data))
        {
            Directory.Delete(paths.Data, recursive: true);
        }
    }

    private static void Signal(int process, int signal)
    {
        if (Kill(process, signal) != 0 && Marshal.GetLastPInvokeError() != 3)
        {
            throw new UserException($"cannot signal process {process}: error {Marshal.GetLastPInvokeError()}; are you root?");
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Umount2(string path, int flags);
}
