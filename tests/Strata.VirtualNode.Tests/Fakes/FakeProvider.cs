using Strata.Api.Models;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>A provider in memory that runs pods as the test says.</summary>
internal sealed class FakeProvider(TimeProvider clock) : IPodProvider
{
    private readonly Lock _lock = new(); // Guards everything below.
    private readonly Dictionary<string, ProviderPod> _pods = [];
    private readonly List<ResolvedPod> _created = [];
    private readonly List<ResolvedPod> _updated = [];
    private readonly List<PodIdentity> _deleted = [];
    private int _lists;
    private int _addresses;

    public string Name => "fake";

    /// <summary>Thrown by every call while set.</summary>
    public ProviderFailure? Failure { get; set; }

    /// <summary>Thrown by creates while set.</summary>
    public ProviderFailure? CreateFailure { get; set; }

    /// <summary>A created pod runs at once; otherwise <see cref="Set"/> moves it on.</summary>
    public bool RunsPods { get; set; } = true;

    /// <summary>A deleted pod is gone at once; otherwise <see cref="Finish"/> ends it.</summary>
    public bool EndsPods { get; set; } = true;

    /// <summary>A delete is accepted and forgotten: the pod runs on as if it had never been asked for.</summary>
    public bool ForgetsDeletes { get; set; }

    /// <summary>Whether readiness of containers means that probes passed; otherwise pods run on loopback and the node must find out.</summary>
    public bool TellsReadiness { get; set; } = true;

    /// <summary>Lists answer as if nothing ran, as an eventually consistent service may.</summary>
    public bool ListsNothing { get; set; }

    public IReadOnlyList<ResolvedPod> Created => Copy(_created);

    public IReadOnlyList<ResolvedPod> Updated => Copy(_updated);

    public IReadOnlyList<PodIdentity> Deleted => Copy(_deleted);

    public IReadOnlyList<ProviderPod> Pods => Copy(_pods.Values);

    public int Lists
    {
        get
        {
            lock (_lock)
            {
                return _lists;
            }
        }
    }

    public string? Logs { get; set; } = "";

    public Func<CommandRequest, IProviderSession>? Session { get; set; }

    /// <summary>Puts a pod there that nobody has created through this object.</summary>
    public void Plant(PodIdentity pod, PodStatus? status = null)
    {
        lock (_lock)
        {
            _pods[pod.Uid] = new ProviderPod { Identity = pod, Status = status ?? new PodStatus { Phase = "Running" } };
        }
    }

    public void Set(string uid, Func<ProviderPod, ProviderPod> change)
    {
        lock (_lock)
        {
            _pods[uid] = change(_pods[uid]);
        }
    }

    public void Finish(string uid)
    {
        lock (_lock)
        {
            _pods.Remove(uid);
        }
    }

    public PodStatus RunningStatus(Pod pod) => new()
    {
        Phase = "Running",
        PodIP = TellsReadiness ? $"10.9.0.{Interlocked.Increment(ref _addresses)}" : "127.0.0.1",
        StartTime = KubeTime.Truncate(clock.GetUtcNow()),
        ContainerStatuses = [.. pod.Spec.Containers.Select(container => new ContainerStatus
        {
            Name = container.Name, Image = container.Image, Ready = true, Started = true, ContainerID = $"fake://{container.Name}",
            State = new ContainerState { Running = new ContainerStateRunning { StartedAt = KubeTime.Truncate(clock.GetUtcNow()) } },
        })],
    };

    public Task PingAsync(CancellationToken cancellationToken)
    {
        Check();
        return Task.CompletedTask;
    }

    public Task<ProviderPod> CreateAsync(ResolvedPod pod, CancellationToken cancellationToken)
    {
        Check();
        if (CreateFailure is { } failure)
        {
            throw new ProviderException(failure);
        }

        lock (_lock)
        {
            _created.Add(pod);
            var identity = PodIdentity.Of(pod.Pod);
            return Task.FromResult(_pods[identity.Uid] = new ProviderPod { Identity = identity, Status = RunsPods ? RunningStatus(pod.Pod) : new PodStatus { Phase = "Pending" }, TellsReadiness = TellsReadiness });
        }
    }

    public Task<bool> UpdateFilesAsync(ResolvedPod pod, CancellationToken cancellationToken)
    {
        Check();
        lock (_lock)
        {
            _updated.Add(pod);
            return Task.FromResult(true);
        }
    }

    public Task<bool> DeleteAsync(PodIdentity pod, CancellationToken cancellationToken)
    {
        Check();
        lock (_lock)
        {
            _deleted.Add(pod);
            if (!_pods.TryGetValue(pod.Uid, out var known))
            {
                return Task.FromResult(true);
            }

            if (ForgetsDeletes)
            {
                return Task.FromResult(false);
            }

            if (EndsPods)
            {
                _pods.Remove(pod.Uid);
            }
            else
            {
                _pods[pod.Uid] = known with { IsDeleting = true };
            }

            return Task.FromResult(false);
        }
    }

    public Task<ProviderPod?> FindAsync(PodIdentity pod, CancellationToken cancellationToken)
    {
        Check();
        lock (_lock)
        {
            return Task.FromResult(_pods.GetValueOrDefault(pod.Uid));
        }
    }

    public Task<IReadOnlyList<ProviderPod>> ListAsync(CancellationToken cancellationToken)
    {
        Check();
        lock (_lock)
        {
            _lists++;
            return Task.FromResult<IReadOnlyList<ProviderPod>>(ListsNothing ? [] : [.. _pods.Values]);
        }
    }

    public Task<string?> ReadLogsAsync(PodIdentity pod, string container, LogQuery query, CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult(Logs);
    }

    public Task<IProviderSession> ExecAsync(PodIdentity pod, string container, CommandRequest command, CancellationToken cancellationToken)
    {
        Check();
        return Task.FromResult(Session!(command));
    }

    public bool CanAttachInput { get; set; }

    public Task<IProviderSession> AttachAsync(PodIdentity pod, string container, bool withInput, CancellationToken cancellationToken) =>
        ExecAsync(pod, container, new CommandRequest([], false), cancellationToken);

    private void Check()
    {
        if (Failure is { } failure)
        {
            throw new ProviderException(failure);
        }
    }

    private T[] Copy<T>(IEnumerable<T> source)
    {
        lock (_lock)
        {
            return [.. source];
        }
    }
}
