using System.Collections.Concurrent;
using Strata.Arm;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Records;

namespace Strata.ContainerInstances.Storage;

/// <summary>Groups, operations, resource groups and open meter runs: in memory for reading, in the database before anyone is told.
/// Thread-safe. Whoever changes a group holds its lock (<see cref="LockAsync"/>) from reading it to storing it.</summary>
internal sealed class InstanceState : IAsyncDisposable
{
    private static readonly TimeSpan OperationRetention = TimeSpan.FromDays(1);
    private readonly InstanceDatabase _database;
    private readonly TimeProvider _clock;
    private readonly KeyedLock _locks = new();
    private readonly ConcurrentDictionary<string, GroupRecord> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _names = new(StringComparer.Ordinal); // Id key → uid.
    private readonly ConcurrentDictionary<string, OperationRecord> _operations = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ResourceGroup> _resourceGroups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, MeterRun> _openRuns = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiters = new(StringComparer.Ordinal);

    private InstanceState(InstanceDatabase database, TimeProvider clock, string installation)
    {
        _database = database;
        _clock = clock;
        Installation = installation;
    }

    /// <summary>Tells this service's objects in a core from another's. Made once and kept.</summary>
    public string Installation { get; }

    public IEnumerable<GroupRecord> Groups => _groups.Values;

    public IEnumerable<MeterRun> OpenRuns => _openRuns.Values;

    public static async Task<InstanceState> OpenAsync(string path, Random random, TimeProvider clock)
    {
        var database = InstanceDatabase.Open(path);
        try
        {
            var installation = await StateTables.EnsureInstallationAsync(database, random);
            var state = new InstanceState(database, clock, installation);
            state.Load();
            return state;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes the lock of one group name. Dispose the result to give it back.</summary>
    public Task<IDisposable> LockAsync(ArmResourceId id, CancellationToken cancellationToken) => _locks.AcquireAsync(id.Key, cancellationToken);

    public GroupRecord? Get(string uid) => _groups.GetValueOrDefault(uid);

    /// <summary>The group of this name: the live one, else one that is still being deleted.</summary>
    public GroupRecord? Find(ArmResourceId id) => _names.TryGetValue(id.Key, out var uid) ? Get(uid) : null;

    public IReadOnlyList<GroupRecord> List(string subscriptionId, string? resourceGroup) =>
        [.. _groups.Values
            .Where(g => Same(g.SubscriptionId, subscriptionId) && (resourceGroup is null || Same(g.ResourceGroup, resourceGroup)))
            .Where(g => _names.GetValueOrDefault(g.Id.Key) == g.Uid)
            .OrderBy(g => g.Id.Key, StringComparer.Ordinal)];

    public OperationRecord? GetOperation(string id) => _operations.GetValueOrDefault(id);

    public ResourceGroup? GetResourceGroup(ArmResourceId id) => _resourceGroups.GetValueOrDefault(id.Key);

    public IReadOnlyList<ResourceGroup> ListResourceGroups(string subscriptionId) =>
        [.. _resourceGroups.Values.Where(g => ArmResourceId.TryParse(g.Id, out var id) && Same(id.SubscriptionId, subscriptionId)).OrderBy(g => g.Name, StringComparer.OrdinalIgnoreCase)];

    public IReadOnlyList<MeterRun> ReadRuns(string subscriptionId) => _database.Read(connection => StateTables.ReadRuns(connection, subscriptionId));

    /// <summary>Stores the change, then shows it. Not cancellable: once begun, the outcome must be known.</summary>
    public async Task CommitAsync(StateChange change)
    {
        await _database.WriteAsync(connection => StateTables.Write(connection, change));
        Publish(change);
    }

    /// <summary>Stores how long runs are known to have lived. One that has ended meanwhile stays ended.</summary>
    public async Task CheckpointAsync(IReadOnlyList<MeterRun> alive)
    {
        await _database.WriteAsync(connection => StateTables.WriteCheckpoints(connection, alive));
        foreach (var run in alive)
        {
            if (_openRuns.TryGetValue(run.Pod, out var open))
            {
                _openRuns.TryUpdate(run.Pod, open with { LastSeen = run.LastSeen }, open);
            }
        }
    }

    /// <summary>Completes when the operation has ended; at once if it is not known.</summary>
    public Task WaitForOperationAsync(string id, CancellationToken cancellationToken)
    {
        var waiter = _waiters.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_operations.GetValueOrDefault(id) is not { EndTime: null })
        {
            Release(id);
        }

        return waiter.Task.WaitAsync(cancellationToken);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    private void Load()
    {
        _database.Read(connection =>
        {
            StateTables.ReadGroups(connection).OrderByDescending(g => g.Desired).ToList().ForEach(Show); // Deleted ones first, so that live ones win.
            StateTables.ReadOperations(connection).ForEach(o => _operations[o.Id] = o);
            StateTables.ReadResourceGroups(connection).ForEach(g => _resourceGroups[ArmResourceId.TryParse(g.Id, out var id) ? id.Key : g.Id!] = g);
            StateTables.ReadOpenRuns(connection).ForEach(r => _openRuns[r.Pod] = r);
            return 0;
        });
        Prune();
    }

    private void Publish(StateChange change)
    {
        if (change.Group is { } group)
        {
            Show(group);
        }

        if (change.RemovedGroupUid is { } uid && _groups.TryRemove(uid, out var removed))
        {
            _names.TryRemove(new KeyValuePair<string, string>(removed.Id.Key, uid));
        }

        if (change.ResourceGroup is { } resourceGroup && ArmResourceId.TryParse(resourceGroup.Id, out var id))
        {
            _resourceGroups[id.Key] = resourceGroup;
        }

        if (change.RemovedResourceGroupKey is { } key)
        {
            _resourceGroups.TryRemove(key, out _);
        }

        foreach (var run in change.Runs)
        {
            if (run.End is null)
            {
                _openRuns[run.Pod] = run;
            }
            else
            {
                _openRuns.TryRemove(run.Pod, out _);
            }
        }

        foreach (var operation in change.Operations)
        {
            _operations[operation.Id] = operation;
            if (operation.EndTime is not null)
            {
                Release(operation.Id);
                Prune();
            }
        }
    }

    private void Show(GroupRecord group)
    {
        _groups[group.Uid] = group;
        if (group.Desired != DesiredState.Deleted)
        {
            _names[group.Id.Key] = group.Uid;
        }
        else
        {
            _names.TryAdd(group.Id.Key, group.Uid);
        }
    }

    private void Release(string operationId)
    {
        if (_waiters.TryRemove(operationId, out var waiter))
        {
            waiter.TrySetResult();
        }
    }

    /// <summary>Forgets operations that ended long ago; the database does so with each write of one.</summary>
    private void Prune()
    {
        var oldest = _clock.GetUtcNow() - OperationRetention;
        if (_operations.Count > 256)
        {
            foreach (var old in _operations.Values.Where(o => o.EndTime < oldest))
            {
                _operations.TryRemove(old.Id, out _);
            }
        }
    }

    private static bool Same(string left, string right) => string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
