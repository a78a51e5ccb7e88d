using Microsoft.Extensions.Logging;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Runtime;

/// <summary>Follows the runtime: its event stream, a slow relist below it, and whether it answers at all.</summary>
internal sealed partial class RuntimeMonitor(IContainerRuntime runtime, PodManager pods, TimeSpan relistPeriod, TimeProvider clock, ILogger<RuntimeMonitor> logger)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private string? _problem = "the runtime has not been asked yet";

    /// <summary>Why the runtime cannot run pods; null when it can.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Called when <see cref="Problem"/> appears or goes away.</summary>
    public Action? ProblemChanged { get; set; }

    /// <summary>Runs both loops until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(FollowAsync(cancellationToken), RelistAsync(cancellationToken));

    /// <summary>Asks the runtime how it is.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var info = await runtime.GetInfoAsync(cancellationToken);
            SetProblem(info.NotReadyReason is { } reason ? $"container runtime not ready: {reason}" : null);
        }
        catch (RuntimeException error)
        {
            SetProblem($"container runtime is down: {error.Message}");
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await foreach (var change in runtime.WatchAsync(cancellationToken))
                {
                    pods.OnRuntimeEvent(change);
                }
            }
            catch (RuntimeException error)
            {
                LogLost(error.Message);
            }

            // What happened without us is found by listing.
            await Task.Delay(Reconnect, clock, cancellationToken);
            await CheckAsync(cancellationToken);
            await TryRelistAsync(cancellationToken);
        }
    }

    private async Task RelistAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(relistPeriod, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await CheckAsync(cancellationToken);
            await TryRelistAsync(cancellationToken);
        }
    }

    private async Task TryRelistAsync(CancellationToken cancellationToken)
    {
        try
        {
            await pods.RelistAsync(cancellationToken);
        }
        catch (RuntimeException error)
        {
            LogRelistFailed(error.Message);
        }
    }

    private void SetProblem(string? problem)
    {
        var before = Interlocked.Exchange(ref _problem, problem);
        if ((before is null) != (problem is null))
        {
            if (problem is not null)
            {
                LogDown(problem);
            }

            ProblemChanged?.Invoke();
        }
    }

    [LoggerMessage(10040, LogLevel.Warning, "The runtime's event stream broke: {Problem}")]
    private partial void LogLost(string problem);

    [LoggerMessage(10041, LogLevel.Debug, "Listing the runtime's containers failed: {Problem}")]
    private partial void LogRelistFailed(string problem);

    [LoggerMessage(10042, LogLevel.Warning, "No pod can start: {Problem}")]
    private partial void LogDown(string problem);
}
