using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Strata.Cri.Containerd;
using Strata.Cri.Linux;

namespace Strata.Cri;

/// <summary>A private containerd: started or adopted, watched, restarted when it dies, stopped.</summary>
/// <remarks>
/// It runs in a session of its own and does not die with us: after a crash of this program the containers live on, and
/// the next <see cref="StartAsync"/> on the same directories adopts containerd with everything in it.
/// 1. <see cref="StartAsync"/> adopts or spawns it and waits until CRI answers.
/// 2. A watch loop holds an event stream open; the stream breaks the moment containerd dies, which costs no polling.
/// 3. The loop brings it back, with growing pauses, and reports through <see cref="StateChanged"/>.
/// 4. <see cref="StopAsync"/> ends it, with or without its containers; <see cref="DisposeAsync"/> alone only lets go of it.
/// </remarks>
public sealed partial class ContainerdProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyPollInterval = TimeSpan.FromMilliseconds(5);

    private readonly ContainerdOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private Process? _child; // Held so that .NET collects the exit status; null when adopted.
    private Task _watch = Task.CompletedTask;

    private ContainerdProcess(ContainerdOptions options, ILogger logger, TimeProvider clock)
    {
        _options = options;
        _logger = logger;
        _clock = clock;
        Client = new CriClient(options.SocketPath, clock);
    }

    /// <summary>Called from the watch loop, which waits for it: keep it short. An exception is logged and dropped.</summary>
    public event Action<ContainerdState>? StateChanged;

    /// <summary>A client of this containerd, disposed with this object.</summary>
    public CriClient Client { get; }

    public string SocketPath => _options.SocketPath;

    public int ProcessId { get; private set; }

    /// <summary>True when a containerd from an earlier run was found alive and taken over.</summary>
    public bool Adopted { get; private set; }

    /// <summary>From the spawn (or the adoption) until CRI answered.</summary>
    public TimeSpan StartDuration { get; private set; }

    /// <summary>Starts containerd, or adopts the one that already runs on these directories, and waits until CRI answers.</summary>
    /// <exception cref="ContainerdException">It did not come up; the message ends with the last lines of its log.</exception>
    public static async Task<ContainerdProcess> StartAsync(
        ContainerdOptions options, ILogger<ContainerdProcess> logger, TimeProvider clock, CancellationToken cancellationToken)
    {
        options.Validate();
        var containerd = new ContainerdProcess(options, logger, clock);
        try
        {
            await containerd.EnsureRunningAsync(cancellationToken);
        }
        catch
        {
            await containerd.DisposeAsync();
            throw;
        }
        containerd._watch = containerd.WatchAsync(containerd._stop.Token);
        return containerd;
    }

    /// <summary>Stops watching and lets containerd and its containers run on. Harmless after <see cref="StopAsync"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopWatchingAsync();
        _child?.Dispose();
        Client.Dispose();
        _stop.Dispose();
    }

    private async Task StopWatchingAsync()
    {
        await _stop.CancelAsync();
        await _watch;
    }

    private async Task EnsureRunningAsync(CancellationToken cancellationToken)
    {
        var started = _clock.GetTimestamp();
        var config = ContainerdConfigFile.Render(_options, restrictOomScoreAdj: !Capabilities.HasSysResource());
        var current = File.Exists(_options.ConfigPath) ? await File.ReadAllTextAsync(_options.ConfigPath, cancellationToken) : null;

        foreach (var running in FindRunning())
        {
            if (current == config && await TryAdoptAsync(running, cancellationToken))
            {
                StartDuration = _clock.GetElapsedTime(started);
                return;
            }
            // Set up differently, or hung. Its containers do not depend on it; the new one finds them again.
            LogReplacing(running, SocketPath);
            await TerminateAsync(running, cancellationToken);
        }
        await SpawnAsync(config, cancellationToken);
        StartDuration = _clock.GetElapsedTime(started);
        LogStarted(ProcessId, SocketPath, StartDuration.TotalMilliseconds);
    }

    /// <summary>A containerd is ours if it was started with our configuration file, whoever started it.</summary>
    private List<int> FindRunning() => ProcessTable.FindByArguments("--config", _options.ConfigPath);

    private async Task<bool> TryAdoptAsync(int processId, CancellationToken cancellationToken)
    {
        if (!await WaitUntilReadyAsync(processId, cancellationToken))
        {
            return false;
        }
        Adopted = processId != ProcessId;
        ProcessId = processId;
        LogAdopted(processId, SocketPath);
        return true;
    }

    private async Task SpawnAsync(string config, CancellationToken cancellationToken)
    {
        CreateDirectories();
        await File.WriteAllTextAsync(_options.ConfigPath, config, cancellationToken);
        var logLength = File.Exists(_options.LogPath) ? new FileInfo(_options.LogPath).Length : 0;
        _child?.Dispose();
        _child = StartInOwnSession();
        ProcessId = _child.Id;
        Adopted = false;
        if (!await WaitUntilReadyAsync(ProcessId, cancellationToken))
        {
            var reason = ProcessTable.IsAlive(ProcessId) ? $"did not answer within {_options.StartTimeout.TotalSeconds:0} s" : "ended";
            await TerminateAsync(ProcessId, cancellationToken);
            throw new ContainerdException(
                $"containerd {reason} at start; the end of {_options.LogPath}:\n{ContainerdLog.Tail(_options.LogPath, logLength)}");
        }
    }

    private void CreateDirectories()
    {
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(_options.RootDirectory, OwnerOnly);
        // Passable for others: processes in user namespaces reach their root file system through it.
        Directory.CreateDirectory(_options.StateDirectory, OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(_options.CniConfDirectory);
    }

    /// <summary>The shell only redirects and is replaced by setsid(1) and that by containerd, so the process id stays.</summary>
    private Process StartInOwnSession()
    {
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c", "exec setsid \"$1\" --config \"$2\" </dev/null >>\"$3\" 2>&1", "sh",
                _options.Executable, _options.ConfigPath, _options.LogPath,
            },
            WorkingDirectory = "/",
        };
        // runc and the network plug-ins live in sbin, which is not on every user's PATH.
        start.Environment["PATH"] = $"{Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin:/sbin";
        return Process.Start(start) ?? throw new ContainerdException("cannot start /bin/sh");
    }

    private async Task<bool> WaitUntilReadyAsync(int processId, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.StartTimeout, _clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            while (ProcessTable.IsAlive(processId))
            {
                // A connection to a socket that is not there costs an exception and a retry inside gRPC: look first.
                if (File.Exists(SocketPath) && await IsReadyAsync(both.Token))
                {
                    return true;
                }
                await Task.Delay(ReadyPollInterval, _clock, both.Token);
            }
            return false;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        try
        {
            var status = await Client.StatusAsync(verbose: false, cancellationToken);
            return status.Status.Conditions.Any(c => c is { Type: "RuntimeReady", Status: true });
        }
        catch (CriException)
        {
            // Unavailable before it listens, Unimplemented or Unknown while its CRI service is still being set up.
            return false;
        }
    }
}
