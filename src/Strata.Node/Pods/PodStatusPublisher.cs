using Microsoft.Extensions.Logging;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Pods.Status;

namespace Strata.NodeAgent.Pods;

/// <summary>Writes one pod's status in the background: the newest wins, failures are retried, and the worker never waits for the API unless it flushes.</summary>
internal sealed partial class PodStatusPublisher(StatusWriter writer, TimeProvider clock, ILogger logger)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new(); // Guards all fields below.
    private Pod? _known;
    private PodStatus? _wanted;
    private Task _writing = Task.CompletedTask;
    private bool _isWriting;

    /// <summary>The newest form of the pod seen in the API, against which changes are computed.</summary>
    /// <returns>Whether somebody else has written it.</returns>
    public bool Observe(Pod pod)
    {
        lock (_lock)
        {
            var isForeign = !_isWriting && _known is not null && IsNewer(pod, _known);
            if (_known is null || !IsNewer(_known, pod))
            {
                _known = pod;
            }

            return isForeign;
        }
    }

    /// <summary>Has this status written soon.</summary>
    public void Publish(PodStatus status, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _wanted = status;
            if (!_isWriting)
            {
                _isWriting = true;
                _writing = WriteAsync(cancellationToken);
            }
        }
    }

    /// <summary>Waits until everything published so far is written, or the pod turned out to be gone.</summary>
    public async Task FlushAsync()
    {
        while (true)
        {
            Task writing;
            lock (_lock)
            {
                if (!_isWriting)
                {
                    return;
                }

                writing = _writing;
            }

            await writing;
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await Task.Yield(); // The caller holds the lock.
        var retry = FirstRetry;
        while (Take() is var (known, wanted))
        {
            try
            {
                var current = await writer.WriteAsync(known, wanted, cancellationToken);
                if (current is null)
                {
                    Stop();
                    return;
                }

                Observe(current);
                retry = FirstRetry;
            }
            catch (ApiException error)
            {
                LogRetry(known.Metadata.Namespace, known.Metadata.Name, error.Message);
                Restore(wanted);
                await Task.Delay(retry, clock, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
                if (cancellationToken.IsCancellationRequested)
                {
                    Stop();
                    return;
                }

                retry = TimeSpan.FromTicks(Math.Min((retry * 2).Ticks, LongestRetry.Ticks));
            }
            catch (OperationCanceledException)
            {
                Stop(); // The agent stops; after its restart the status is computed again.
                return;
            }
        }
    }

    private (Pod Known, PodStatus Wanted)? Take()
    {
        lock (_lock)
        {
            var (known, wanted) = (_known, _wanted);
            _wanted = null;
            if (known is null || wanted is null)
            {
                _isWriting = false;
                return null;
            }

            return (known, wanted);
        }
    }

    private void Restore(PodStatus wanted)
    {
        lock (_lock)
        {
            _wanted ??= wanted;
        }
    }

    private void Stop()
    {
        lock (_lock)
        {
            _wanted = null;
            _isWriting = false;
        }
    }

    // Versions are opaque except for this: numbers, both of one server's counter, can be compared (KEP-5504).
    private static bool IsNewer(Pod left, Pod right) =>
        ulong.TryParse(left.Metadata.ResourceVersion, out var first) && ulong.TryParse(right.Metadata.ResourceVersion, out var second) && first > second;

    [LoggerMessage(10001, LogLevel.Debug, "Status of pod {Namespace}/{Name} is written again later: {Problem}")]
    private partial void LogRetry(string @namespace, string name, string problem);
}
