using Microsoft.Extensions.Logging;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>Asks the provider for all its pods, as often as things change, and says which have changed. Owns no task: its caller runs it.</summary>
internal sealed partial class StatusPoller(
    IPodProvider provider, ProviderView view, ProviderHealth health, PollOptions options, PodEntries entries, Action<string> changed, TimeProvider clock, ILogger<StatusPoller> logger)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);
    private TaskCompletionSource _nudge = NewNudge();
    private DateTimeOffset _lastChange;
    private bool _wasReachable = true;

    /// <summary>Something has been asked of the provider: look soon.</summary>
    public void Nudge() => Volatile.Read(ref _nudge).TrySetResult();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = options.Waiting;
        while (true)
        {
            if (await PollAsync(cancellationToken))
            {
                retry = options.Waiting;
                await WaitAsync(Interval(), cancellationToken);
            }
            else
            {
                await Task.Delay(retry, clock, cancellationToken);
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }
        }
    }

    /// <summary>Asks once. False when the provider does not answer.</summary>
    public async Task<bool> PollAsync(CancellationToken cancellationToken)
    {
        var startedAt = view.Tick();
        IReadOnlyList<ProviderPod> pods;
        try
        {
            pods = await provider.ListAsync(cancellationToken);
        }
        catch (ProviderException error)
        {
            health.Failed(error.Message);
            if (_wasReachable)
            {
                LogListFailed(error.Message);
            }

            _wasReachable = false;
            return false;
        }

        health.Succeeded();
        _wasReachable = true;
        var news = view.Apply(pods, startedAt);
        if (news.Count > 0)
        {
            _lastChange = clock.GetUtcNow();
        }

        foreach (var uid in news.Concat(entries.Awaited()).Distinct())
        {
            changed(uid);
        }

        return true;
    }

    private TimeSpan Interval()
    {
        if (entries.Awaited().Count == 0 && view.IsAllSettled)
        {
            return view.IsEmpty ? options.Idle : options.Settled;
        }

        return clock.GetUtcNow() - _lastChange < options.Patience ? options.Changing : options.Waiting;
    }

    private async Task WaitAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        var nudge = Volatile.Read(ref _nudge).Task;
        using var early = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var started = clock.GetTimestamp();
        await Task.WhenAny(Task.Delay(interval, clock, early.Token), nudge);
        await early.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        if (!nudge.IsCompleted)
        {
            return;
        }

        // Many pods asked for at once are worth one list, a moment later.
        Volatile.Write(ref _nudge, NewNudge());
        _lastChange = clock.GetUtcNow();
        var rest = options.Changing - clock.GetElapsedTime(started);
        if (rest > TimeSpan.Zero)
        {
            await Task.Delay(rest, clock, cancellationToken);
        }
    }

    private static TaskCompletionSource NewNudge() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    [LoggerMessage(EventIds.ListFailed, LogLevel.Warning, "The provider does not answer; asking again: {Problem}")]
    private partial void LogListFailed(string problem);
}
