using Grpc.Core;
using Strata.Cri.Containerd.Events;
using Strata.Cri.Linux;

namespace Strata.Cri;

public sealed partial class ContainerdProcess
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // After this long a run counts as good, and the next crash starts with a short pause again.
    private static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(1);

    private async Task WatchAsync(CancellationToken cancellationToken)
    {
        var pause = FirstPause;
        try
        {
            while (true)
            {
                var since = _clock.GetTimestamp();
                await WaitUntilGoneAsync(cancellationToken);
                LogExited(ProcessId, SocketPath);
                Report(ContainerdState.Exited);
                pause = _clock.GetElapsedTime(since) > GoodRun ? FirstPause : pause;
                pause = await BringBackAsync(pause, cancellationToken);
                Report(ContainerdState.Restarted);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
    }

    /// <summary>Holds an event stream open. No event matches the filter, so the stream is silent until it breaks.</summary>
    private async Task WaitUntilGoneAsync(CancellationToken cancellationToken)
    {
        var events = new Events.EventsClient(Client.Channel.Invoker);
        while (true)
        {
            try
            {
                using var call = events.Subscribe(
                    new SubscribeRequest { Filters = { "topic==\"/strata/none\"" } }, cancellationToken: cancellationToken);
                while (await call.ResponseStream.MoveNext(cancellationToken))
                {
                }
            }
            catch (RpcException) when (!cancellationToken.IsCancellationRequested)
            {
                // The stream broke; below decides what that means.
            }
            catch (RpcException e)
            {
                throw new OperationCanceledException("stopped watching containerd", e, cancellationToken);
            }
            cancellationToken.ThrowIfCancellationRequested();
            // Whatever ended the stream: asking again at once could spin.
            await Task.Delay(FirstPause, _clock, cancellationToken);
            // A broken stream with a live process is either a process in its last moments or one that no longer serves.
            if (!ProcessTable.IsAlive(ProcessId) || !await WaitUntilReadyAsync(ProcessId, cancellationToken))
            {
                return;
            }
        }
    }

    private async Task<TimeSpan> BringBackAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(pause, _clock, cancellationToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            try
            {
                await EnsureRunningAsync(cancellationToken);
                return pause;
            }
            catch (Exception e) when (e is ContainerdException or IOException or System.ComponentModel.Win32Exception)
            {
                LogRestartFailed(e, SocketPath, pause);
                Report(ContainerdState.RestartFailed);
            }
        }
    }

    private void Report(ContainerdState state)
    {
        try
        {
            StateChanged?.Invoke(state);
        }
#pragma warning disable CA1031 // Somebody else's code: whatever it throws must not end the watch over containerd.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogObserverFailed(e, state);
        }
    }
}
