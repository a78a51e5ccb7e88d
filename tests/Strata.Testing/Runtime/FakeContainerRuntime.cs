using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using System.Threading.Channels;
using Strata.Pods.Runtime;

namespace Strata.Testing.Runtime;

/// <summary>A container runtime in memory: containers run until a test ends them (or a script does), nothing is executed. Keeps the contract of
/// <see cref="IContainerRuntime"/>, has named failpoints, and takes its time from the given clock. Thread-safe.</summary>
public sealed class FakeContainerRuntime(TimeProvider clock) : IContainerRuntime
{
    private readonly Lock _lock = new(); // Guards all collections below.
    private readonly Dictionary<string, SandboxRecord> _sandboxes = [];
    private readonly Dictionary<string, ContainerRecord> _containers = [];
    private readonly Dictionary<string, ContainerSpec> _specs = [];
    private readonly Dictionary<string, RuntimeImage> _images = [];
    private readonly Dictionary<string, RuntimeImage> _registry = [];
    private readonly Dictionary<string, Queue<string>> _failpoints = [];
    private readonly List<Channel<RuntimeEvent>> _watchers = [];
    private readonly ConcurrentQueue<string> _calls = new();
    private TaskCompletionSource _awake = new(); // Completed when the runtime hangs no longer.
    private int _nextId;

    /// <summary>Every call that changes something, in order, for example <c>StartContainer main</c>.</summary>
    public IReadOnlyList<string> Calls => [.. _calls];

    /// <summary>When set, every call fails as if the runtime were gone, and event streams break.</summary>
    public bool IsDown
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                EndWatches();
            }
        }
    }

    /// <summary>While set, the runtime hangs: questions (how it is, lists) get no answer, and event streams stay open and silent.</summary>
    public bool IsHung
    {
        get;
        set
        {
            field = value;
            if (value)
            {
                Volatile.Write(ref _awake, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            }
            else
            {
                Volatile.Read(ref _awake).TrySetResult();
            }
        }
    }

    /// <summary>Why the runtime says it is not ready; null when it is.</summary>
    public string? NotReadyReason { get; set; }

    /// <summary>What a command in a container does; by default it succeeds without output.</summary>
    public Func<ContainerRecord, IReadOnlyList<string>, ExecResult> OnExec { get; set; } = static (_, _) => new ExecResult(0, "", false);

    /// <summary>Exit code of a container as soon as it starts; null (the default) lets it run.</summary>
    public Func<ContainerSpec, int?> OnStart { get; set; } = static _ => null;

    /// <summary>Names of containers that end only by force.</summary>
    public HashSet<string> IgnoresStop { get; } = [];

    /// <summary>Adds an image that is present.</summary>
    public void AddImage(string reference, long? user = null) => WithLock(() => _images[Normalize(reference)] = Image(reference, user));

    /// <summary>Adds an image that can be pulled.</summary>
    public void AddToRegistry(string reference) => WithLock(() => _registry[Normalize(reference)] = Image(reference, null));

    /// <summary>Makes the next calls of one operation fail, for example <c>Fail("StartContainer", "no space left", times: 2)</c>. Names are those of the interface without Async.</summary>
    public void Fail(string operation, string message, int times = 1) => WithLock(() =>
    {
        var queue = _failpoints.TryGetValue(operation, out var known) ? known : _failpoints[operation] = new Queue<string>();
        for (var count = 0; count < times; count++)
        {
            queue.Enqueue(message);
        }

        return queue;
    });

    /// <summary>The newest container of this name; null when there is none.</summary>
    public ContainerRecord? Newest(string name) => WithLock(() => _containers.Values.Where(container => container.Name == name).MaxBy(container => container.Attempt));

    /// <summary>What a container was created with.</summary>
    public ContainerSpec SpecOf(string containerId) => WithLock(() => _specs[containerId]);

    /// <summary>Ends a running container by itself.</summary>
    /// <param name="tell">Whether an event is sent; without, only a relist finds out.</param>
    public void Exit(string containerId, int exitCode, bool tell = true)
    {
        WithLock(() => _containers[containerId] = Ended(_containers[containerId], exitCode));
        if (tell)
        {
            Tell(new RuntimeEvent(containerId, RuntimeEventKind.Exited));
        }
    }

    /// <summary>Kills a sandbox with everything in it, as when its pause process dies.</summary>
    public void KillSandbox(string podName)
    {
        var sandbox = WithLock(() => _sandboxes.Values.Where(sandbox => sandbox.PodName == podName && sandbox.IsReady).MaxBy(sandbox => sandbox.Attempt))!;
        EndSandbox(sandbox.Id);
    }

    public async Task<RuntimeInfo> GetInfoAsync(CancellationToken cancellationToken) => await DoWhenAwakeAsync("GetInfo", () => new RuntimeInfo("fake", "1.0", NotReadyReason), cancellationToken);

    public async IAsyncEnumerable<RuntimeEvent> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ThrowIfDown();
        var channel = Channel.CreateUnbounded<RuntimeEvent>();
        WithLock(() =>
        {
            _watchers.Add(channel);
            return true;
        });
        await foreach (var change in channel.Reader.ReadAllAsync(cancellationToken))
        {
            yield return change;
        }

        throw new RuntimeException(RuntimeFailure.Unavailable, "the event stream ended");
    }

    public async Task<IReadOnlyList<SandboxRecord>> ListSandboxesAsync(CancellationToken cancellationToken) =>
        await DoWhenAwakeAsync<IReadOnlyList<SandboxRecord>>("ListSandboxes", () => [.. _sandboxes.Values.Select(sandbox => sandbox with { IPs = [] })], cancellationToken);

    public async Task<IReadOnlyList<ContainerRecord>> ListContainersAsync(CancellationToken cancellationToken) =>
        await DoWhenAwakeAsync<IReadOnlyList<ContainerRecord>>("ListContainers", () => [.. _containers.Values], cancellationToken);

    public Task<SandboxRecord?> FindSandboxAsync(string sandboxId, CancellationToken cancellationToken) =>
        DoAsync("FindSandbox", null, () => _sandboxes.GetValueOrDefault(sandboxId));

    public Task<ContainerRecord?> FindContainerAsync(string containerId, CancellationToken cancellationToken) =>
        DoAsync("FindContainer", null, () => _containers.GetValueOrDefault(containerId));

    public Task<string> RunSandboxAsync(SandboxSpec spec, CancellationToken cancellationToken) => DoAsync("RunSandbox", spec.PodName, () =>
    {
        var number = ++_nextId;
        var id = $"sandbox{number}";
        _sandboxes[id] = new SandboxRecord
        {
            Id = id,
            PodUid = spec.PodUid,
            PodNamespace = spec.PodNamespace,
            PodName = spec.PodName,
            Attempt = spec.Attempt,
            IsReady = true,
            CreatedAt = clock.GetUtcNow(),
            IPs = spec.HostNetwork ? [] : [$"10.1.{number / 256}.{number % 256}"],
        };
        return id;
    });

    public async Task StopSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await DoAsync("StopSandbox", null, () => true);
        EndSandbox(sandboxId);
    }

    public async Task RemoveSandboxAsync(string sandboxId, CancellationToken cancellationToken)
    {
        await DoAsync("RemoveSandbox", null, () => true);
        EndSandbox(sandboxId);
        WithLock(() =>
        {
            foreach (var container in _containers.Values.Where(container => container.SandboxId == sandboxId).ToArray())
            {
                _containers.Remove(container.Id);
                _specs.Remove(container.Id);
            }

            return _sandboxes.Remove(sandboxId);
        });
    }

    public Task<string> CreateContainerAsync(string sandboxId, SandboxSpec sandbox, ContainerSpec spec, CancellationToken cancellationToken) => DoAsync("CreateContainer", spec.Name, () =>
    {
        if (!_sandboxes.TryGetValue(sandboxId, out var owner) || !owner.IsReady)
        {
            throw new RuntimeException(RuntimeFailure.NotFound, $"sandbox {sandboxId} is not ready");
        }

        if (_images.Values.FirstOrDefault(image => image.Id == spec.Image || image.Names.Contains(spec.Image)) is not { } image)
        {
            throw new RuntimeException(RuntimeFailure.NotFound, $"image {spec.Image} not found");
        }

        var id = $"container{++_nextId}";
        _specs[id] = spec;
        _containers[id] = new ContainerRecord
        {
            Id = id,
            SandboxId = sandboxId,
            PodUid = sandbox.PodUid,
            PodNamespace = sandbox.PodNamespace,
            PodName = sandbox.PodName,
            Name = spec.Name,
            Attempt = spec.Attempt,
            Phase = ContainerPhase.Created,
            CreatedAt = clock.GetUtcNow(),
            Image = spec.ImageName,
            ImageId = image.StatusId,
            LogPath = Path.Combine(sandbox.LogDirectory, spec.LogPath),
            Annotations = spec.Annotations,
        };
        return id;
    });

    public async Task StartContainerAsync(string containerId, CancellationToken cancellationToken)
    {
        var name = WithLock(() => _containers.GetValueOrDefault(containerId)?.Name) ?? throw new RuntimeException(RuntimeFailure.NotFound, $"container {containerId} not found");
        try
        {
            await DoAsync("StartContainer", name, () => _containers[containerId] = _containers[containerId] with { Phase = ContainerPhase.Running, StartedAt = clock.GetUtcNow() });
        }
        catch (RuntimeException error) when (error.Failure == RuntimeFailure.Other)
        {
            // As containerd does: what could not be started has exited.
            WithLock(() => _containers[containerId] = Ended(_containers[containerId], 128) with { Reason = "StartError", Message = error.Message });
            throw;
        }

        if (OnStart(SpecOf(containerId)) is { } exitCode)
        {
            Exit(containerId, exitCode);
        }
    }

    public async Task StopContainerAsync(string containerId, TimeSpan grace, CancellationToken cancellationToken)
    {
        var record = WithLock(() => _containers.GetValueOrDefault(containerId));
        await DoAsync("StopContainer", record?.Name, () => true);
        if (record is not { Phase: ContainerPhase.Running })
        {
            return;
        }

        var isStubborn = IgnoresStop.Contains(record.Name);
        if (isStubborn)
        {
            await Task.Delay(grace, clock, cancellationToken);
        }

        Exit(containerId, isStubborn || grace == TimeSpan.Zero ? 137 : 143);
    }

    public Task RemoveContainerAsync(string containerId, CancellationToken cancellationToken) => DoAsync("RemoveContainer", null, () => _containers.Remove(containerId));

    public Task UpdateResourcesAsync(string containerId, LinuxResources resources, CancellationToken cancellationToken) =>
        DoAsync("UpdateResources", null, () => _specs[containerId] = _specs[containerId] with { Resources = resources });

    public Task<RuntimeImage?> FindImageAsync(string reference, CancellationToken cancellationToken) =>
        DoAsync("FindImage", null, () => _images.GetValueOrDefault(Normalize(reference)) ?? _images.Values.FirstOrDefault(image => image.Id == reference));

    public async Task<IReadOnlyList<RuntimeImage>> ListImagesAsync(CancellationToken cancellationToken) => await DoWhenAwakeAsync<IReadOnlyList<RuntimeImage>>("ListImages", () => [.. _images.Values], cancellationToken);

    public Task<string> PullImageAsync(string reference, RegistryCredential? credential, CancellationToken cancellationToken) => DoAsync("PullImage", reference, () =>
    {
        if (!_registry.TryGetValue(Normalize(reference), out var image))
        {
            throw new RuntimeException(RuntimeFailure.NotFound, $"failed to resolve reference \"{reference}\": not found");
        }

        _images[Normalize(reference)] = image;
        return image.Id;
    });

    public Task<ExecResult> ExecSyncAsync(string containerId, IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellationToken) =>
        DoAsync("ExecSync", null, () => OnExec(Running(containerId), command));

    public async Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken)
    {
        var result = await DoAsync("Exec", null, () => OnExec(Running(containerId), command));
        if (streams.Stdout is { } output)
        {
            await output.WriteAsync(Encoding.UTF8.GetBytes(result.Output), cancellationToken);
        }

        return result.ExitCode;
    }

    public Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken) => DoAsync("Attach", null, () => Running(containerId));

    public Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken) =>
        throw new RuntimeException(RuntimeFailure.Other, $"nothing listens on port {port}: containers of the fake have no network");

    public Task<IReadOnlyList<ContainerUsage>> ListUsageAsync(CancellationToken cancellationToken) => DoAsync<IReadOnlyList<ContainerUsage>>("ListUsage", null, () =>
    [
        .. _containers.Values.Where(container => container.Phase == ContainerPhase.Running)
            .Select(container => new ContainerUsage(container.Id, container.PodUid, container.PodNamespace, container.PodName, container.Name, 1_000_000, 4096, 8192, 2048, 0, 0, clock.GetUtcNow())),
    ]);

    public Task ReopenLogAsync(string containerId, CancellationToken cancellationToken) => DoAsync("ReopenLog", containerId, () => true);

    private Task<T> DoAsync<T>(string operation, string? subject, Func<T> act)
    {
        ThrowIfDown();
        if (subject is not null)
        {
            _calls.Enqueue($"{operation} {subject}");
        }

        return Task.FromResult(WithLock(() =>
        {
            if (_failpoints.TryGetValue(operation, out var failures) && failures.TryDequeue(out var message))
            {
                throw new RuntimeException(RuntimeFailure.Other, message);
            }

            return act();
        }));
    }

    private async Task<T> DoWhenAwakeAsync<T>(string operation, Func<T> act, CancellationToken cancellationToken)
    {
        if (IsHung)
        {
            await Volatile.Read(ref _awake).Task.WaitAsync(cancellationToken);
        }

        return await DoAsync(operation, null, act);
    }

    private T WithLock<T>(Func<T> act)
    {
        lock (_lock)
        {
            return act();
        }
    }

    private ContainerRecord Running(string containerId) => _containers.GetValueOrDefault(containerId) is { Phase: ContainerPhase.Running } record
        ? record
        : throw new RuntimeException(RuntimeFailure.NotFound, $"container {containerId} is not running");

    private void EndSandbox(string sandboxId)
    {
        var ended = WithLock(() =>
        {
            var running = _containers.Values.Where(container => container.SandboxId == sandboxId && container.Phase == ContainerPhase.Running).ToArray();
            foreach (var container in running)
            {
                _containers[container.Id] = Ended(container, 137);
            }

            if (_sandboxes.TryGetValue(sandboxId, out var sandbox) && sandbox.IsReady)
            {
                _sandboxes[sandboxId] = sandbox with { IsReady = false, IPs = [] };
                return [.. running.Select(container => container.Id), sandboxId];
            }

            return running.Select(container => container.Id).ToArray();
        });
        foreach (var id in ended)
        {
            Tell(new RuntimeEvent(id, RuntimeEventKind.Exited));
        }
    }

    private ContainerRecord Ended(ContainerRecord container, int exitCode) =>
        container with { Phase = ContainerPhase.Exited, ExitCode = exitCode, FinishedAt = clock.GetUtcNow(), Reason = exitCode == 0 ? "Completed" : "Error" };

    private void Tell(RuntimeEvent change)
    {
        Channel<RuntimeEvent>[] watchers = WithLock(() => _watchers.ToArray());
        foreach (var watcher in watchers)
        {
            watcher.Writer.TryWrite(change);
        }
    }

    private void EndWatches()
    {
        Channel<RuntimeEvent>[] watchers = WithLock(() =>
        {
            var all = _watchers.ToArray();
            _watchers.Clear();
            return all;
        });
        foreach (var watcher in watchers)
        {
            watcher.Writer.TryComplete();
        }
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new RuntimeException(RuntimeFailure.Unavailable, "the runtime does not answer");
        }
    }

    private static RuntimeImage Image(string reference, long? user) => new($"sha256:{Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(reference)))}", [Normalize(reference)], 1000, user, "");

    private static string Normalize(string reference) => Pods.Images.ImageReference.TryParse(reference)?.ToString() ?? reference;
}
