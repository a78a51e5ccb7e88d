using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Client.Queues;
using Strata.ContainerInstances.Core;
using Strata.ContainerInstances.Status;
using Strata.ContainerInstances.Storage;

namespace Strata.ContainerInstances.Provisioning;

/// <summary>Runs the reconciler: feeds it groups that a caller changed and groups whose pods changed. Between changes it sleeps.</summary>
internal sealed partial class Provisioner(
    InstanceState state, GroupCore core, GroupReconciler reconciler, TimeProvider clock, ILogger<Provisioner> logger) : IAsyncDisposable
{
    private const int Workers = 8;
    private static readonly TimeSpan CheckpointInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CoreRetry = TimeSpan.FromSeconds(1);
    private readonly WorkQueue<string> _queue = new(clock);
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;

    public void Start() => _loops = RunAsync(_stop.Token);

    /// <summary>Looks at a group soon. Cheap; a group that waits already is not added twice.</summary>
    public void Enqueue(string groupUid) => _queue.Add(groupUid);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops;
        await core.DisposeAsync();
        _queue.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await StartCoreAsync(cancellationToken);
            foreach (var group in state.Groups)
            {
                _queue.Add(group.Uid);
            }

            var loops = Enumerable.Range(0, Workers).Select(_ => WorkAsync(cancellationToken)).Append(CheckpointAsync(cancellationToken));
            await Task.WhenAll(loops);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return; // Stopped.
        }
    }

    /// <summary>The core may come up after us; until then groups are accepted and wait.</summary>
    private async Task StartCoreAsync(CancellationToken cancellationToken)
    {
        var isStarted = false;
        while (true)
        {
            try
            {
                if (!isStarted)
                {
                    await core.StartAsync(_queue.Add, cancellationToken);
                    isStarted = true;
                }

                var live = state.Groups.Select(g => g.PodName).Concat(core.AllPods().Select(p => p.Metadata.Name)).ToHashSet(StringComparer.Ordinal);
                await core.SweepSecretsAsync(live, cancellationToken);
                return;
            }
            catch (ApiException e)
            {
                LogCoreUnavailable(e);
                await Task.Delay(CoreRetry, clock, cancellationToken);
            }
        }
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var uid = await _queue.TakeAsync(cancellationToken);
            try
            {
                var again = await reconciler.ReconcileAsync(uid, cancellationToken);
                _queue.Forget(uid);
                if (again is { } delay)
                {
                    _queue.AddAfter(uid, delay);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // The loop owns every failure of its work: it is logged here and the group tried again.
                LogReconcileFailed(e, uid);
                _queue.AddFailed(uid);
            }
            finally
            {
                _queue.Done(uid);
            }
        }
    }

    /// <summary>Notes that runs are alive, so that one whose end is never learnt is cut at most this interval short.</summary>
    private async Task CheckpointAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CheckpointInterval, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var now = clock.GetUtcNow();
            var alive = state.OpenRuns.Where(r => core.Get(r.Pod) is { } pod && !PodProgress.IsGone(pod)).Select(r => r with { LastSeen = now }).ToArray();
            if (alive.Length == 0)
            {
                continue;
            }

            try
            {
                await state.CheckpointAsync(alive);
            }
            catch (Microsoft.Data.Sqlite.SqliteException e)
            {
                LogCheckpointFailed(e); // The next one makes it good.
            }
        }
    }
}
