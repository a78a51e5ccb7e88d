using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

/// <summary>Keeps one worker per pod (by UID) of this node, hands changes to the right one, and collects what belongs to no pod any more.</summary>
internal sealed partial class PodManager(PodServices services, int maxPods, ILogger<PodManager> logger) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, PodWorker> _workers = new();
    private readonly ConcurrentDictionary<string, Task> _collecting = new();
    private readonly CancellationTokenSource _stop = new();
    private Dictionary<string, List<SandboxRecord>> _foundSandboxes = [];
    private Dictionary<string, List<ContainerRecord>> _foundContainers = [];
    private IInformer<Pod>? _informer;
    private volatile bool _isStopped;

    /// <summary>Whether the node is able to say how its pods are. While it is not, others may.</summary>
    public Func<bool> IsNodeHealthy { get; set; } = static () => true;

    /// <summary>All pods that this node works on.</summary>
    public IReadOnlyList<PodWorker> Workers => [.. _workers.Values];

    public PodWorker? Find(string podUid) => _workers.GetValueOrDefault(podUid);

    /// <summary>The worker of the pod of this name; the newest if several incarnations are on the node.</summary>
    public PodWorker? Find(string namespaceName, string name) => _workers.Values
        .Where(worker => worker.Pod.Metadata.Namespace == namespaceName && worker.Pod.Metadata.Name == name)
        .MaxBy(worker => (!worker.Pod.IsDeleting(), worker.Pod.Metadata.CreationTimestamp));

    /// <summary>Adopts what the runtime has, then follows the API. What belongs to pods that no longer exist is removed.</summary>
    public async Task StartAsync(IInformer<Pod> informer, CancellationToken cancellationToken)
    {
        _informer = informer;
        await informer.WaitForSyncAsync(cancellationToken);
        await FindExistingAsync(cancellationToken);
        informer.Subscribe(OnPodChanged);
        var known = informer.List().Select(pod => pod.Metadata.Uid).ToHashSet();
        foreach (var uid in _foundSandboxes.Keys.Concat(_foundContainers.Keys).Concat(UidsOnDisk()).Distinct().Where(uid => !known.Contains(uid)).ToArray())
        {
            Collect(uid);
        }

        _foundSandboxes = [];
        _foundContainers = [];
    }

    /// <summary>A container or sandbox changed.</summary>
    public void OnRuntimeEvent(RuntimeEvent change)
    {
        foreach (var worker in _workers.Values)
        {
            if (worker.State.Phases.ContainsKey(change.Id))
            {
                worker.RuntimeChanged(change.Id, change.Kind);
                return;
            }
        }
    }

    /// <summary>Compares all that the runtime has with what workers believe: the safety net below events.</summary>
    public async Task RelistAsync(CancellationToken cancellationToken)
    {
        var sandboxes = services.Runtime.ListSandboxesAsync(cancellationToken);
        var containers = await services.Runtime.ListContainersAsync(cancellationToken);
        var found = containers.Select(container => (container.Id, container.PodUid, container.Phase))
            .Concat((await sandboxes).Select(sandbox => (sandbox.Id, sandbox.PodUid, Phase: sandbox.IsReady ? ContainerPhase.Running : ContainerPhase.Exited)))
            .ToLookup(item => item.PodUid);
        foreach (var worker in _workers.Values)
        {
            Compare(worker, found[worker.PodUid].ToDictionary(item => item.Id, item => item.Phase));
        }

        foreach (var group in found)
        {
            if (!_workers.ContainsKey(group.Key) && _informer!.List().All(pod => pod.Metadata.Uid != group.Key))
            {
                Collect(group.Key);
            }
        }
    }

    /// <summary>The node is ready after a time when it was not: what others have said of its pods meanwhile is put right.</summary>
    public void OnNodeReadyAgain()
    {
        foreach (var worker in _workers.Values)
        {
            worker.Wake();
        }
    }

    /// <summary>Some ConfigMap or Secret of the pod changed.</summary>
    public void OnObjectsChanged(string podUid) => Find(podUid)?.ObjectsChanged();

    /// <summary>Stops the workers; containers run on.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopped = true;
        await _stop.CancelAsync();
        await Task.WhenAll(_workers.Values.Select(worker => worker.DisposeAsync().AsTask()));
        await Task.WhenAll(_collecting.Values).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private async Task FindExistingAsync(CancellationToken cancellationToken)
    {
        var sandboxes = await services.Runtime.ListSandboxesAsync(cancellationToken);
        var containers = await services.Runtime.ListContainersAsync(cancellationToken);
        var fullSandboxes = await Task.WhenAll(sandboxes.Select(sandbox => services.Runtime.FindSandboxAsync(sandbox.Id, cancellationToken)));
        var fullContainers = await Task.WhenAll(containers.Select(container => services.Runtime.FindContainerAsync(container.Id, cancellationToken)));
        _foundSandboxes = fullSandboxes.OfType<SandboxRecord>().GroupBy(sandbox => sandbox.PodUid).ToDictionary(group => group.Key, group => group.ToList());
        _foundContainers = fullContainers.OfType<ContainerRecord>().GroupBy(container => container.PodUid).ToDictionary(group => group.Key, group => group.ToList());
        if (_foundContainers.Count > 0)
        {
            LogAdopting(_foundSandboxes.Count, fullContainers.Length);
        }
    }

    private void OnPodChanged(InformerChange<Pod> change)
    {
        if (_isStopped)
        {
            return;
        }

        // A pod deleted and made again under its name arrives as one change with another UID.
        if (change.Old is { } old && change.New?.Metadata.Uid != old.Metadata.Uid)
        {
            Find(old.Metadata.Uid)?.MarkRemoved();
        }

        if (change.New is { } pod)
        {
            if (Find(pod.Metadata.Uid) is { } worker)
            {
                if (worker.Update(pod) && IsNodeHealthy())
                {
                    worker.Wake();
                }
            }
            else
            {
                Begin(pod);
            }
        }
    }

    private void Begin(Pod pod)
    {
        var sandboxes = _foundSandboxes.GetValueOrDefault(pod.Metadata.Uid) ?? [];
        var containers = _foundContainers.GetValueOrDefault(pod.Metadata.Uid) ?? [];
        var worker = new PodWorker(pod, services, Finished);
        if (sandboxes.Count == 0 && pod.IsActive() && PodAdmission.Check(pod, [.. _workers.Values.Select(other => other.Pod)], services.Facts, maxPods) is { } refusal)
        {
            worker.Reject(refusal);
        }

        _workers[pod.Metadata.Uid] = worker;
        worker.Start(sandboxes, containers);
    }

    private void Finished(PodWorker worker)
    {
        // The worker's own loop calls this as its last act, so its clean-up must not wait for that loop.
        _workers.TryRemove(worker.PodUid, out _);
        if (!_isStopped)
        {
            _collecting[worker.PodUid] = DisposeLaterAsync(worker);
        }
    }

    private async Task DisposeLaterAsync(PodWorker worker)
    {
        await Task.Yield();
        await worker.DisposeAsync();
        _collecting.TryRemove(worker.PodUid, out _);
    }

    private static void Compare(PodWorker worker, Dictionary<string, ContainerPhase> found)
    {
        var believed = worker.State.Phases;
        foreach (var (id, phase) in believed)
        {
            if (!found.TryGetValue(id, out var actual) || actual != phase)
            {
                worker.RuntimeChanged(id, kind: null);
            }
        }
    }

    private IEnumerable<string> UidsOnDisk() =>
        Directory.Exists(services.Paths.Pods) ? Directory.EnumerateDirectories(services.Paths.Pods).Select(folder => Path.GetFileName(folder)) : [];

    private void Collect(string podUid)
    {
        if (!_collecting.ContainsKey(podUid))
        {
            _collecting[podUid] = CollectAsync(podUid, _stop.Token);
        }
    }

    private async Task CollectAsync(string podUid, CancellationToken cancellationToken)
    {
        await Task.Yield();
        try
        {
            await OrphanedPods.RemoveAsync(podUid, services, cancellationToken);
            LogCollected(podUid);
        }
        catch (Exception error) when (error is RuntimeException or IOException)
        {
            LogNotCollected(podUid, error.Message); // The next relist tries again.
        }
        finally
        {
            _collecting.TryRemove(podUid, out _);
        }
    }

    [LoggerMessage(10010, LogLevel.Information, "Found {Sandboxes} sandboxes and {Containers} containers of an earlier run")]
    private partial void LogAdopting(int sandboxes, int containers);

    [LoggerMessage(10011, LogLevel.Information, "Removed what was left of pod {Uid}, which no longer exists")]
    private partial void LogCollected(string uid);

    [LoggerMessage(10012, LogLevel.Warning, "What is left of pod {Uid}, which no longer exists, could not be removed yet: {Problem}")]
    private partial void LogNotCollected(string uid, string problem);
}
