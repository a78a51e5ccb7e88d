using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;
using Strata.Client.Informers;

namespace Strata.Controllers.Tests.Cluster;

/// <summary>The node agents of all nodes at once: runs every bound pod at once, unless its image says <c>broken</c>, and ends it when it is deleted.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly IKubeClient _client;
    private readonly InformerSet _informers;
    private readonly Channel<Pod> _work = Channel.CreateUnbounded<Pod>();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private int _addresses;
    private volatile bool _holdsPods;

    public FakeAgent(IKubeClient client)
    {
        _client = client;
        _informers = new InformerSet(client, TimeProvider.System, NullLoggerFactory.Instance);
        _informers.For<Pod>().Subscribe(change =>
        {
            if (change.New is { Spec.NodeName.Length: > 0 } pod)
            {
                _work.Writer.TryWrite(pod);
            }
        });
        _informers.Start();
        _running = WorkAsync(_stop.Token);
    }

    /// <summary>Whether deleted pods linger; switching it off lets them go.</summary>
    public async Task HoldPodsAsync(bool holds)
    {
        _holdsPods = holds;
        foreach (var pod in holds ? [] : _informers.For<Pod>().List())
        {
            await _work.Writer.WriteAsync(pod);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _informers.DisposeAsync();
        _stop.Dispose();
    }

    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        await foreach (var pod in _work.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await SyncAsync(pod, cancellationToken);
            }
            catch (ApiException)
            {
                // The pod changed meanwhile; its next change comes by here again.
            }
        }
    }

    private async Task SyncAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (pod.IsDeleting())
        {
            if (!_holdsPods)
            {
                await _client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(GracePeriodSeconds: 0, Uid: pod.Metadata.Uid), cancellationToken);
            }

            return;
        }

        if (pod.Status.Phase is "Running" or "Succeeded" or "Failed" || pod.Spec.Containers[0].Image == "broken")
        {
            return;
        }

        var number = ++_addresses;
        var status = pod.Status with
        {
            Phase = "Running",
            PodIP = $"10.1.{number / 250}.{(number % 250) + 1}",
            Conditions = [.. pod.Status.Conditions.Where(condition => condition.Type != "Ready"), new PodCondition { Type = "Ready", Status = "True", LastTransitionTime = KubeTime.Truncate(TimeProvider.System.GetUtcNow()) }],
        };
        await _client.UpdateAsync(pod with { Status = status }, "status", cancellationToken);
    }
}
