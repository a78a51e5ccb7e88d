using System.Text;
using Microsoft.AspNetCore.Http;
using Strata.Pods.Runtime;

namespace Strata.Kubelet.Statistics;

/// <summary><c>/stats/summary</c> and <c>/metrics/resource</c>: what node, pods and containers use. A pod's numbers are the sums of its containers'; what is not measured
/// (network, volumes; everything, where there is no machine) is left out and not made up.</summary>
internal sealed class StatsEndpoint(string nodeName, IPodHost host, TimeProvider clock)
{
    private readonly DateTimeOffset _startedAt = clock.GetUtcNow();
    private readonly CpuRates _rates = new();

    public async Task SummaryAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var pods = await host.ListStatisticsAsync(cancellationToken);
        _rates.Keep(pods.SelectMany(static pod => pod.Containers).Select(static container => container.Usage?.ContainerId).OfType<string>().Append(SummaryWriter.NodeId).ToHashSet());
        context.Response.ContentType = "application/json";
        await new SummaryWriter(_rates).WriteAsync(context.Response.BodyWriter, nodeName, _startedAt, host.ReadMachineUsage(), pods, cancellationToken);
    }

    public async Task MetricsAsync(HttpContext context, CancellationToken cancellationToken)
    {
        var metrics = new ResourceMetrics();
        if (host.ReadMachineUsage() is { } machine)
        {
            metrics.Add(machine);
        }

        try
        {
            metrics.Add(await host.ListStatisticsAsync(cancellationToken));
        }
        catch (RuntimeException)
        {
            metrics.Failed = true; // The format has its own way to say so.
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(metrics.ToString()), cancellationToken);
    }
}
