using Microsoft.Extensions.Logging;
using Strata.Client.Queues;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>Runs the reconciler over the pods that changed, in the API or at the provider, and owns its workers and the poller.</summary>
internal sealed partial class PodLoop(WorkQueue<string> queue, PodReconciler reconciler, StatusPoller poller, ILogger<PodLoop> logger) : IAsyncDisposable
{
    private const int Workers = 16; // They mostly wait for HTTP answers.
    private readonly CancellationTokenSource _stop = new();
    private Task _loops = Task.CompletedTask;

    public void Start()
    {
        reconciler.Asked = poller.Nudge;
        _loops = Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => WorkAsync(_stop.Token)).Append(poller.RunAsync(_stop.Token)));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        queue.Dispose();
        _stop.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var uid = await queue.TakeAsync(cancellationToken);
            try
            {
                var again = await reconciler.ReconcileAsync(uid, cancellationToken);
                queue.Forget(uid);
                if (again is { } delay)
                {
                    queue.AddAfter(uid, delay);
                }
            }
            catch (ProviderException error)
            {
                LogFailed(uid, error.Message);
                queue.AddAfter(uid, reconciler.NoteFailure(uid, error.Failure));
            }
            catch (Exception error) when (error is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
            {
                // The loop owns every failure of its work: it is logged here and the pod tried again.
                LogFailed(uid, error.Message);
                queue.AddFailed(uid);
            }
            finally
            {
                queue.Done(uid);
            }
        }
    }

    [LoggerMessage(EventIds.ReconcileFailed, LogLevel.Warning, "Pod {Uid} is tried again: {Problem}")]
    private partial void LogFailed(string uid, string problem);
}
