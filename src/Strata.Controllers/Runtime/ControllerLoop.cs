using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Strata.Api;
using Strata.Client.Queues;

namespace Strata.Controllers.Runtime;

/// <summary>The one loop that every controller runs in: takes keys, reconciles, comes back after failures with backoff.</summary>
internal sealed partial class ControllerLoop(string name, IReconciler reconciler, TimeProvider clock, ILogger<ControllerLoop> logger, int workers = 4) : IDisposable
{
    private static readonly ActivitySource Traces = new("Strata.Controllers");

    private readonly WorkQueue<ObjectKey> _queue = new(clock);

    public void Enqueue(ObjectKey key) => _queue.Add(key);

    public void EnqueueAfter(ObjectKey key, TimeSpan delay) => _queue.AddAfter(key, delay);

    public Task RunAsync(CancellationToken cancellationToken)
    {
        var running = new Task[workers];
        for (var index = 0; index < workers; index++)
        {
            running[index] = WorkAsync(cancellationToken);
        }

        return Task.WhenAll(running);
    }

    public void Dispose() => _queue.Dispose();

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var key = await _queue.TakeAsync(cancellationToken);
            using var span = Traces.HasListeners() ? Traces.StartActivity($"reconcile {name}")?.SetTag("k8s.object", key.ToString()) : null;
            try
            {
                var result = await reconciler.ReconcileAsync(key, cancellationToken);
                _queue.Forget(key);
                if (result.Recheck is { } delay)
                {
                    _queue.AddAfter(key, delay);
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Api.Errors.ApiException error) when (error.IsConflict || error.IsNotFound || error.IsAlreadyExists)
            {
                // The lister was behind; the next look is at fresher state.
                LogBehind(name, key, error.Message);
                _queue.AddFailed(key);
            }
            catch (Api.Errors.ApiException error) when (error.Status.Causes.Any(cause => cause.Reason == "NamespaceTerminating"))
            {
                // Nothing can be made there any more, and what is there is on its way out.
                LogBehind(name, key, error.Message);
                _queue.Forget(key);
            }
            catch (Exception error)
            {
                LogFailed(error, name, key);
                _queue.AddFailed(key);
            }
            finally
            {
                _queue.Done(key);
            }
        }
    }
}
