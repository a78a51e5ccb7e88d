using System.Text.Json.Nodes;
using Strata.Api.Errors;
using Strata.Api.Models;
using Strata.Client;

namespace Strata.VirtualNode.Tests.Fakes;

/// <summary>Scheduler and kubelet of a cluster in memory: every pod gets a host and runs at once; a pod that is deleted ends at once.</summary>
internal sealed class FakeHost : IAsyncDisposable
{
    private readonly KubeClient _client;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private int _addresses;

    public FakeHost(FakeCluster cluster, TimeProvider clock)
    {
        _client = cluster.Client;
        _clock = clock;
        _loop = RunAsync(_stop.Token);
    }

    /// <summary>There is room for another pod.</summary>
    public bool HasRoom { get; set; } = true;

    /// <summary>Containers pass their readiness probe at once.</summary>
    public bool IsReadyAtOnce { get; set; } = true;

    public Task SetReadyAsync(Pod pod, bool isReady) => PatchAsync(pod, Status(pod, pod.Status.PodIP, isReady));

    public Task EndAsync(Pod pod, int exitCode) => PatchAsync(pod, new PodStatus
    {
        Phase = exitCode == 0 ? "Succeeded" : "Failed",
        PodIP = pod.Status.PodIP,
        StartTime = pod.Status.StartTime,
        ContainerStatuses = [.. pod.Status.ContainerStatuses.Select(status => status with
        {
            Ready = false,
            State = new ContainerState
            {
                Terminated = new ContainerStateTerminated { ExitCode = exitCode, Reason = exitCode == 0 ? "Completed" : "Error", StartedAt = status.State.Running?.StartedAt, FinishedAt = Now },
            },
        })],
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private DateTimeOffset Now => KubeTime.Truncate(_clock.GetUtcNow());

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var change in _client.WatchAsync<Pod>(null, new WatchOptions("0"), cancellationToken))
        {
            try
            {
                await HandleAsync(change.Object, cancellationToken);
            }
            catch (ApiException error) when (error.IsNotFound || error.IsConflict)
            {
                // Gone or changed in the meantime.
            }
        }
    }

    private async Task HandleAsync(Pod pod, CancellationToken cancellationToken)
    {
        if (pod.IsDeleting() && pod.Metadata.DeletionGracePeriodSeconds > 0)
        {
            if (pod.Status.ContainerStatuses.Any(status => status.State.Running is not null))
            {
                await EndAsync(pod, 0);
            }

            await _client.DeleteAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, new DeleteRequest(0, Uid: pod.Metadata.Uid), cancellationToken);
        }
        else if (!pod.IsDeleting() && pod.Spec.NodeName.Length == 0 && !HasRoom && pod.Status.Conditions.Count == 0)
        {
            await PatchAsync(pod, new PodStatus
            {
                Phase = "Pending",
                Conditions = [new PodCondition { Type = "PodScheduled", Status = "False", Reason = "Unschedulable", Message = "0/1 nodes are available: 1 Insufficient cpu." }],
            });
        }
        else if (!pod.IsDeleting() && pod.Spec.NodeName.Length == 0 && HasRoom)
        {
            await PatchAsync(pod, Status(pod, $"10.8.0.{++_addresses}", IsReadyAtOnce), "host-1");
        }
    }

    private PodStatus Status(Pod pod, string address, bool isReady) => new()
    {
        Phase = "Running",
        PodIP = address,
        PodIPs = [new PodIP { Ip = address }],
        StartTime = Now,
        Conditions = [new PodCondition { Type = "PodScheduled", Status = "True" }, new PodCondition { Type = "Ready", Status = isReady ? "True" : "False" }],
        ContainerStatuses = [.. pod.Spec.Containers.Select(container => new ContainerStatus
        {
            Name = container.Name, Image = container.Image, ContainerID = $"containerd://{container.Name}", Ready = isReady, Started = true,
            State = new ContainerState { Running = new ContainerStateRunning { StartedAt = Now } },
        })],
    };

    private async Task PatchAsync(Pod pod, PodStatus status, string? host = null)
    {
        var patch = new JsonObject { ["status"] = JsonNode.Parse(ModelJson.Serialize(status)) };
        if (host is not null)
        {
            patch["spec"] = new JsonObject { ["nodeName"] = host };
        }

        await _client.PatchAsync<Pod>(pod.Metadata.Namespace, pod.Metadata.Name, Patch.Merge(patch.ToJsonString()), "status", CancellationToken.None);
    }
}
