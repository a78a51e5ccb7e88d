using System.Collections.Concurrent;
using System.Collections.Immutable;
using Strata.NodeAgent.Logs;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

/// <summary>What the runtime has of one pod, kept by what the worker does itself and by looking again at what events point to. Used by the worker only, except
/// <see cref="MarkChanged"/>, <see cref="Phases"/>, <see cref="ContainerSnapshot"/> and <see cref="Changed"/>.</summary>
internal sealed class PodRuntimeState(IContainerRuntime runtime, TimeProvider clock)
{
    // The runtime's record of an exit follows its event; see Strata.Cri's README.
    private static readonly TimeSpan[] ExitLag = [TimeSpan.FromMilliseconds(2), TimeSpan.FromMilliseconds(8), TimeSpan.FromMilliseconds(30), TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(500)];

    private readonly Dictionary<string, SandboxRecord> _sandboxes = [];
    private readonly Dictionary<string, ContainerRecord> _containers = [];
    private readonly ConcurrentDictionary<string, RuntimeEventKind?> _changed = new();
    private ImmutableDictionary<string, ContainerPhase> _phases = ImmutableDictionary<string, ContainerPhase>.Empty;
    private IReadOnlyList<ContainerRecord> _snapshot = [];
    private TaskCompletionSource _changes = NewSource();

    public IReadOnlyCollection<SandboxRecord> Sandboxes => _sandboxes.Values;

    public IReadOnlyCollection<ContainerRecord> Containers => _containers.Values;

    /// <summary>The containers as a snapshot for other threads.</summary>
    public IReadOnlyList<ContainerRecord> ContainerSnapshot => Volatile.Read(ref _snapshot);

    /// <summary>Phase of each container and sandbox by id, as a snapshot for the relist to compare with. A ready sandbox counts as Running, another as Exited.</summary>
    public ImmutableDictionary<string, ContainerPhase> Phases => Volatile.Read(ref _phases);

    /// <summary>Completes at the next change of <see cref="ContainerSnapshot"/>. Thread-safe.</summary>
    public Task Changed => Volatile.Read(ref _changes).Task;

    /// <summary>Says that the next <see cref="RefreshAsync"/> must look at this id. Thread-safe.</summary>
    /// <param name="kind">What the runtime reported; null when a relist found a difference.</param>
    public void MarkChanged(string id, RuntimeEventKind? kind) => _changed[id] = kind;

    /// <summary>Takes note of a container before it is started: what ends at once must not end unnoticed, before its first record is here.</summary>
    public void Expect(string containerId) => Volatile.Write(ref _phases, _phases.SetItem(containerId, ContainerPhase.Created));

    public void Set(SandboxRecord sandbox)
    {
        _sandboxes[sandbox.Id] = sandbox;
        Volatile.Write(ref _phases, _phases.SetItem(sandbox.Id, sandbox.IsReady ? ContainerPhase.Running : ContainerPhase.Exited));
    }

    public void Set(ContainerRecord container)
    {
        _containers[container.Id] = container;
        Volatile.Write(ref _snapshot, [.. _containers.Values]);
        Volatile.Write(ref _phases, _phases.SetItem(container.Id, container.Phase));
        AnnounceChange();
    }

    public void Remove(string id)
    {
        _sandboxes.Remove(id);
        _containers.Remove(id);
        Volatile.Write(ref _snapshot, [.. _containers.Values]);
        Volatile.Write(ref _phases, _phases.Remove(id));
        AnnounceChange();
    }

    /// <summary>Looks again at everything marked since the last call.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        foreach (var id in _changed.Keys)
        {
            if (_changed.TryRemove(id, out var kind))
            {
                await (_sandboxes.ContainsKey(id) ? RefreshSandboxAsync(id, kind, cancellationToken) : RefreshContainerAsync(id, kind, cancellationToken));
            }
        }
    }

    /// <summary>Looks at one container now.</summary>
    public async Task<ContainerRecord?> RefreshContainerAsync(string id, RuntimeEventKind? kind, CancellationToken cancellationToken)
    {
        var record = await runtime.FindContainerAsync(id, cancellationToken);
        for (var attempt = 0; kind == RuntimeEventKind.Exited && record is { Phase: ContainerPhase.Running } && attempt < ExitLag.Length; attempt++)
        {
            await Task.Delay(ExitLag[attempt], clock, cancellationToken);
            record = await runtime.FindContainerAsync(id, cancellationToken);
        }

        if (record is null)
        {
            Remove(id);
            return null;
        }

        record = TerminationMessages.Fill(record);
        Set(record);
        return record;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void AnnounceChange() => Interlocked.Exchange(ref _changes, NewSource()).TrySetResult();

    private async Task RefreshSandboxAsync(string id, RuntimeEventKind? kind, CancellationToken cancellationToken)
    {
        var record = await runtime.FindSandboxAsync(id, cancellationToken);
        for (var attempt = 0; kind == RuntimeEventKind.Exited && record is { IsReady: true } && attempt < ExitLag.Length; attempt++)
        {
            await Task.Delay(ExitLag[attempt], clock, cancellationToken);
            record = await runtime.FindSandboxAsync(id, cancellationToken);
        }

        if (record is null)
        {
            Remove(id);
        }
        else
        {
            // A stopped sandbox has lost its addresses; the last ones stay known for the status.
            Set(record.IPs.Count == 0 && _sandboxes.TryGetValue(id, out var known) ? record with { IPs = known.IPs } : record);
        }
    }
}
