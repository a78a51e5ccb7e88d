using Microsoft.Extensions.Logging;
using Strata.Api.Models;

namespace Strata.Client.Informers;

/// <summary>Owns the informers of a process or of one of its parts: starts them, shares them, and awaits them at stop.</summary>
public sealed class InformerSet(IKubeClient client, TimeProvider clock, ILoggerFactory loggers) : IInformers, IAsyncDisposable
{
    private readonly Lock _lock = new(); // Guards _informers, _loops and _isRunning.
    private readonly Dictionary<(Type, InformerScope), IInformerLoop> _informers = [];
    private readonly List<Task> _loops = [];
    private readonly CancellationTokenSource _stop = new();
    private bool _isRunning;

    public IInformer<T> For<T>()
        where T : class, IKubeObject<T> => For<T>(InformerScope.Everything);

    public IInformer<T> For<T>(string? namespaceName, string? labelSelector, string? fieldSelector)
        where T : class, IKubeObject<T> => For<T>(new InformerScope(namespaceName, labelSelector, fieldSelector));

    /// <summary>Starts all informers asked for so far; those asked for later start at once.</summary>
    public void Start()
    {
        lock (_lock)
        {
            if (_isRunning)
            {
                return;
            }

            _isRunning = true;
            foreach (var informer in _informers.Values)
            {
                _loops.Add(informer.RunAsync(_stop.Token));
            }
        }
    }

    /// <summary>Waits until every informer asked for so far holds its first list.</summary>
    public async Task WaitForSyncAsync(CancellationToken cancellationToken)
    {
        IInformerLoop[] informers;
        lock (_lock)
        {
            informers = [.. _informers.Values];
        }

        foreach (var informer in informers)
        {
            await informer.WaitForSyncAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Task[] loops;
        lock (_lock)
        {
            loops = [.. _loops];
        }

        await Task.WhenAll(loops).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _stop.Dispose();
    }

    private IInformer<T> For<T>(InformerScope scope)
        where T : class, IKubeObject<T>
    {
        lock (_lock)
        {
            if (_informers.TryGetValue((typeof(T), scope), out var known))
            {
                return (IInformer<T>)known;
            }

            var informer = new Informer<T>(client, scope, clock, loggers.CreateLogger($"Strata.Client.Informer[{T.Info.Plural}]"));
            _informers.Add((typeof(T), scope), informer);
            if (_isRunning)
            {
                _loops.Add(informer.RunAsync(_stop.Token));
            }

            return informer;
        }
    }
}
