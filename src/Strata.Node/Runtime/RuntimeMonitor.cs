using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Runtime;

/// <summary>Follows the runtime: its event stream, a slow relist below it, and whether it answers at all.</summary>
/// <remarks>A runtime that dies breaks the event stream. One that hangs keeps it open and answers nothing, so it is also asked how it is, with a deadline.</remarks>
/// <param name="name">What the runtime calls itself, for messages.</param>
internal sealed partial class RuntimeMonitor(
    IContainerRuntime runtime, string name, PodManager pods, TimeSpan relistPeriod, TimeProvider clock, ILogger<RuntimeMonitor> logger)
{
    private static readonly TimeSpan Reconnect = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HealthPeriod = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _relist = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private string? _problem = "the runtime has not been asked yet";

    /// <summary>Why the runtime cannot run pods; null when it can.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Called when <see cref="Problem"/> appears or goes away.</summary>
    public Action? ProblemChanged { get; set; }

    /// <summary>Runs all loops until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(FollowAsync(cancellationToken), RelistAsync(cancellationToken), ProbeAsync(cancellationToken));

    /// <summary>Asks the runtime how it is.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var info = await RuntimeDeadline.AnswerAsync(runtime.GetInfoAsync, clock, cancellationToken);
            SetProblem(info.NotReadyReason is { } reason ? $"container runtime {name} is not ready: {reason}" : null);
        }
        catch (RuntimeException error)
        {
            SetProblem($"container runtime {name} is down: {error.Message}");
        }
    }

    // A loop of its own: the calls of the others may hang for as long as the runtime does.
    private async Task ProbeAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(HealthPeriod, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            await CheckAsync(cancellationToken);
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
            _relist.Writer.TryWrite(true);
        }
    }

    private async Task RelistAsync(CancellationToken cancellationToken)
    {
        await using var timer = clock.CreateTimer(_ => _relist.Writer.TryWrite(true), null, relistPeriod, relistPeriod);
        while (await _relist.Reader.WaitToReadAsync(cancellationToken))
        {
            _relist.Reader.TryRead(out _);
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
            else
            {
                _relist.Writer.TryWrite(true); // What happened while it was away.
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
