using System.Diagnostics;
using Strata.Scheduler.Cache;
using Strata.Scheduler.Framework;

namespace Strata.Benchmarks.Scheduling;

/// <summary>Decides for many pods over a cache of nodes, counting each placed pod on its node as the scheduler does.</summary>
internal static class DecisionRun
{
    public static (TimeSpan Time, TimeSpan Processor, int Refused) Run(int nodes, int pods)
    {
        var cache = new SchedulerCache();
        for (var index = 0; index < nodes; index++)
        {
            cache.SetNode(Samples.Node(index));
        }

        var infos = Enumerable.Range(0, pods).Select(index => new PodInfo(Samples.Pod(index))).ToArray();
        var cycle = new SchedulingCycle(SchedulerProfile.Default(), new Random(1));
        var refused = 0;
        var before = Environment.CpuUsage.TotalTime;
        var watch = Stopwatch.StartNew();
        foreach (var pod in infos)
        {
            if (cycle.Run(pod, cache.Nodes).Node is { } node)
            {
                cache.Assume(pod, node);
            }
            else
            {
                refused++;
            }
        }

        return (watch.Elapsed, Environment.CpuUsage.TotalTime - before, refused);
    }
}
