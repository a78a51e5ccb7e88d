using Strata.Cri.Linux;

namespace Strata.Cri;

public sealed partial class ContainerdProcess
{
    private static readonly TimeSpan GonePollInterval = TimeSpan.FromMilliseconds(10);

    // Shims end by themselves shortly after their last container; what is still there then is stuck.
    private static readonly TimeSpan ShimGrace = TimeSpan.FromSeconds(2);

    // Each stop runs CNI plug-ins and unmounts; more at once only fight over the same locks.
    private const int ParallelRemovals = 8;

    /// <summary>Stops containerd. A second call does nothing.</summary>
    /// <param name="removeContainers">True removes all sandboxes and containers first and leaves no process, mount, control group
    /// or state directory behind. False leaves containers running under their shims, for the next start to adopt.</param>
    public async Task StopAsync(bool removeContainers, CancellationToken cancellationToken)
    {
        await StopWatchingAsync();
        if (removeContainers)
        {
            await RemoveEverythingAsync(cancellationToken);
        }
        foreach (var running in FindRunning())
        {
            await TerminateAsync(running, cancellationToken);
        }
        if (removeContainers)
        {
            await RemoveLeftoversAsync(cancellationToken);
        }
        LogStopped(SocketPath);
    }

    private async Task RemoveEverythingAsync(CancellationToken cancellationToken)
    {
        try
        {
            await EnsureRunningAsync(cancellationToken); // It may just have died; only it can release networks and snapshots.
            var sandboxes = await Client.ListPodSandboxesAsync(null, cancellationToken);
            var parallel = new ParallelOptions { MaxDegreeOfParallelism = ParallelRemovals, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(sandboxes, parallel, async (sandbox, token) => await RemoveSandboxAsync(sandbox.Id, token));
            foreach (var container in await Client.ListContainersAsync(null, cancellationToken))
            {
                await Client.RemoveContainerAsync(container.Id, cancellationToken);
            }
        }
        catch (Exception e) when (e is CriException or ContainerdException)
        {
            LogSandboxRemovalFailed(e, "all", SocketPath); // The leftovers are dealt with below, by force.
        }
    }

    private async Task RemoveSandboxAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            await Client.StopPodSandboxAsync(id, cancellationToken);
            await Client.RemovePodSandboxAsync(id, cancellationToken);
        }
        catch (CriException e)
        {
            LogSandboxRemovalFailed(e, id, SocketPath);
        }
    }

    private async Task TerminateAsync(int processId, CancellationToken cancellationToken)
    {
        SystemCalls.Kill(processId, SystemCalls.SigTerm);
        if (!await WaitUntilEndedAsync([processId], _options.StopTimeout, cancellationToken))
        {
            LogKilled(processId, _options.StopTimeout.TotalSeconds);
            SystemCalls.Kill(processId, SystemCalls.SigKill);
            await WaitUntilEndedAsync([processId], _options.StopTimeout, cancellationToken);
        }
    }

    private async Task RemoveLeftoversAsync(CancellationToken cancellationToken)
    {
        var shims = ProcessTable.FindByArguments("-address", SocketPath);
        if (!await WaitUntilEndedAsync(shims, ShimGrace, cancellationToken))
        {
            // First who belongs to them: once a shim is dead, its containers have another parent.
            List<int> stuck = [.. shims.Where(ProcessTable.IsAlive)];
            List<int> all = [.. ProcessTable.Descendants(stuck), .. stuck];
            foreach (var processId in all)
            {
                LogLeftoverKilled(processId);
                SystemCalls.Kill(processId, SystemCalls.SigKill);
            }
            await WaitUntilEndedAsync(all, ShimGrace, cancellationToken);
        }
        foreach (var mount in MountTable.Below(_options.StateDirectory).Concat(MountTable.Below(_options.RootDirectory)).Reverse())
        {
            LogLeftoverUnmounted(mount);
            SystemCalls.Unmount(mount);
        }
        if (_options.CgroupParent is { } group && !Cgroups.Remove(group))
        {
            LogCgroupInUse(group);
        }
        // Never delete through a mount: it may show a container's volume.
        if (MountTable.Below(_options.StateDirectory).Count == 0 && Directory.Exists(_options.StateDirectory))
        {
            Directory.Delete(_options.StateDirectory, recursive: true);
        }
    }

    private async Task<bool> WaitUntilEndedAsync(
        IReadOnlyList<int> processIds, TimeSpan limit, CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        while (processIds.Any(ProcessTable.IsAlive))
        {
            if (_clock.GetElapsedTime(started) > limit)
            {
                return false;
            }
            await Task.Delay(GonePollInterval, _clock, cancellationToken);
        }
        return true;
    }
}
