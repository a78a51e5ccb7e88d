using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Tests.Server;

/// <summary>A container runtime in memory. Containers run until <see cref="Exit"/>; their logs are real files. The commands that exec knows are in <see cref="ExecAsync"/>.</summary>
internal sealed class FakeRuntime : IContainerRuntime
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SandboxRecord> _sandboxes = [];
    private readonly Dictionary<string, ContainerRecord> _containers = [];
    private readonly Channel<RuntimeEvent> _events = Channel.CreateUnbounded<RuntimeEvent>();
    private readonly Dictionary<string, string> _logDirectories = [];
    private int _ids;

    /// <summary>Completes when a command that hangs was cancelled.</summary>
    public TaskCompletionSource Cancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<RuntimeInfo> GetInfoAsync(CancellationToken cancellationToken) => Task.FromResult(new RuntimeInfo("fake", "1.0", null));

    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var one in _events.Reader.ReadAllAsync(cancellationToken))
        {
            yield return one;
        }
    }

    public Task<IReadOnlyList<SandboxRecord>> ListSandboxesAsync(CancellationToken cancellationToken) => Locked<IReadOnlyList<SandboxRecord>>(() => [.. _sandboxes.Values]);

    public Task<IReadOnlyList<ContainerRecord>> ListContainersAsync(CancellationToken cancellationToken) =>
        Locked<IReadOnlyList<ContainerRecord>>(() => [.. _containers.Values]);

    public Task<SandboxRecord?> FindSandboxAsync(string sandboxId, CancellationToken cancellationToken) => Locked(() => _sandboxes.GetValueOrDefault(sandboxId));

    public Task<ContainerRecord?> FindContainerAsync(string containerId, CancellationToken cancellationToken) =>
        Locked(() => _containers.GetValueOrDefault(containerId));

    public Task<string> RunSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken) => Locked(() =>
    {
        var id = $"sandbox{++_ids}";
        _sandboxes[id] = new SandboxRecord { Id = id, PodUid = spec.PodUid, PodNamespace = spec.PodNamespace, PodName = spec.PodName, Attempt = spec.Attempt, IsReady = true, IPs = ["10.9.9.9"] };
        _logDirectories[id] = spec.LogDirectory;
        return id;
    });

    public Task StopSandboxAsync(string sandboxId, CancellationToken cancellationToken) => Locked(() =>
    {
        if (_sandboxes.TryGetValue(sandboxId, out var sandbox))
        {
            _sandboxes[sandboxId] = sandbox with { IsReady = false };
        }

        return true;
    });

    public Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken) => Locked(() => _sandboxes.Remove(sandboxId));

    public Task<string> CreateContainerAsync(string sandboxId, SandboxSpec sandbox, ContainerSpec spec, CancellationToken cancellationToken) => Locked(() =>
    {
        var id = $"container{++_ids}";
        var path = Path.Combine(_logDirectories[sandboxId], spec.LogPath);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        _containers[id] = new ContainerRecord
        {
            Id = id, SandboxId = sandboxId, PodUid = sandbox.PodUid, PodNamespace = sandbox.PodNamespace, PodName = sandbox.PodName, Name = spec.Name,
            Attempt = spec.Attempt, Phase = ContainerPhase.Created, CreatedAt = TimeProvider.System.GetUtcNow(), LogPath = path,
        };
        return id;
    });

    public Task StartContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        Change(containerId, record => record with { Phase = ContainerPhase.Running, StartedAt = TimeProvider.System.GetUtcNow() });
        File.AppendAllText(Running(containerId).LogPath, "");
        return Task.CompletedTask;
    }

    public Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        End(containerId, 0);
        return Task.CompletedTask;
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken) => Locked(() => _containers.Remove(containerId));

    public Task UpdateResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken) => Task.CompletedTask;

    public Task<RuntimeImage?> FindImageAsync(string reference, CancellationToken cancellationToken) => Task.FromResult<RuntimeImage?>(new RuntimeImage("sha256:1", [reference], 1, null, ""));

    public Task<IReadOnlyList<RuntimeImage>> ListImagesAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<RuntimeImage>>([]);

    public Task<string> PullImageAsync(string reference, RegistryCredential? credential, CancellationToken cancellationToken) => Task.FromResult("sha256:1");

    public Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken) =>
        Task.FromResult(new ExecResult(0, "", TimedOut: false));

    public async Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken)
    {
        switch (command[0])
        {
            case "cat":
                await streams.Stdin!.CopyToAsync(streams.Stdout!, cancellationToken);
                return 0;
            case "both":
                await SayAsync(streams.Stdout, "out", cancellationToken);
                await SayAsync(streams.Stderr, "err", cancellationToken);
                return 3;
            case "size":
                var size = await streams.Resizes!.ReadAsync(cancellationToken);
                await SayAsync(streams.Stdout, $"{size.Width}x{size.Height} {streams.Tty}", cancellationToken);
                return 0;
            case "hang":
                await SayAsync(streams.Stdout, "hanging", cancellationToken);
                using (cancellationToken.Register(() => Cancelled.TrySetResult()))
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
                }

                return 0;
            default:
                throw new RuntimeException(RuntimeFailure.Other, $"exec: \"{command[0]}\": executable file not found in $PATH");
        }
    }

    public Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken) => SayAsync(streams.Stdout, $"attached to {containerId}", cancellationToken);

    public async Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken)
    {
        if (port != 80)
        {
            throw new RuntimeException(RuntimeFailure.Other, "connection refused");
        }

        await connection.CopyToAsync(connection, cancellationToken);
    }

    public Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken) => Locked<IReadOnlyList<ContainerUsage>>(() =>
    [
        .. _containers.Values.Where(record => record.Phase == ContainerPhase.Running).Select(record => new ContainerUsage(
            record.Id, record.PodUid, record.PodNamespace, record.PodName, record.Name, 1_500_000_000, 4096, 8192, 2048, 100, 3, DateTimeOffset.UnixEpoch.AddSeconds(100))),
    ]);

    public Task ReopenLogAsync(string containerId, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Appends lines to the log of the container's running run.</summary>
    public void WriteLog(string name, params string[] lines)
    {
        string path;
        lock (_lock)
        {
            path = _containers.Values.Last(one => one.Name == name).LogPath;
        }

        File.AppendAllText(path, string.Concat(lines.Select((line, index) => $"2026-01-02T03:04:0{index}.000000000Z stdout F {line}\n")));
    }

    /// <summary>The container's process ends by itself.</summary>
    public void Exit(string name, int code)
    {
        string id;
        lock (_lock)
        {
            id = _containers.Values.Single(one => one.Name == name && one.Phase == ContainerPhase.Running).Id;
        }

        End(id, code);
    }

    private static async Task SayAsync(Stream? stream, string text, CancellationToken cancellationToken)
    {
        if (stream is not null)
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
        }
    }

    private void End(string id, int code)
    {
        Change(id, record => record.Phase == ContainerPhase.Exited ? record : record with
        {
            Phase = ContainerPhase.Exited, ExitCode = code, Reason = code == 0 ? "Completed" : "Error", FinishedAt = TimeProvider.System.GetUtcNow(),
        });
        _events.Writer.TryWrite(new RuntimeEvent(id, RuntimeEventKind.Exited));
    }

    private ContainerRecord Running(string id)
    {
        lock (_lock)
        {
            return _containers[id];
        }
    }

    private void Change(string id, Func<ContainerRecord, ContainerRecord> change)
    {
        lock (_lock)
        {
            if (_containers.TryGetValue(id, out var found))
            {
                _containers[id] = change(found);
            }
        }
    }

    private Task<T> Locked<T>(Func<T> read)
    {
        lock (_lock)
        {
            return Task.FromResult(read());
        }
    }
}
