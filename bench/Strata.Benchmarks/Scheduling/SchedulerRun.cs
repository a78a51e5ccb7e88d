using System.Globalization;

namespace Strata.Benchmarks.Scheduling;

/// <summary>How fast pods get nodes: the bare decision, and the whole way through an API server on SQLite.</summary>
internal static class SchedulerRun
{
    // Facts to compare with, not measured here.
    private const string Upstream = "131 pods/s on a machine with 2 cores; its CI expects 680 pods/s on its own (kubernetes scheduler_perf)";

    public static async Task RunAsync(Measurement measurement, RunOptions options)
    {
        measurement.Heading("Decisions (SchedulingCycle and cache, no API)", "nodes", "pods", "of them refused", "decisions/s", "decisions per CPU second");
        foreach (var nodes in (int[])[100, options.Number("nodes", 1000), 5000])
        {
            var pods = options.Number("decisions", 20_000);
            DecisionRun.Run(nodes, pods); // Lets the compiler see what is hot.
            var run = DecisionRun.Run(nodes, pods);
            // On a machine shared with others the second number is the telling one: one thread decides.
            measurement.Row(Text(nodes), Text(pods), Text(run.Refused), Measurement.Rate(pods, run.Time), Measurement.Rate(pods, run.Processor));
        }

        measurement.Heading("Pending to bound (API server in the same process, SQLite, synchronous=FULL)", "nodes", "pods", "way", "pods/s");
        var bound = await BindingRun.RunAsync(options.Number("nodes", 1000), options.Number("pods", 3000));
        measurement.Row(Text(bound.Nodes), Text(bound.Pods), "created while the scheduler runs", Measurement.Rate(bound.Pods, bound.WhileCreating));
        measurement.Row(Text(bound.Nodes), Text(bound.Pods), "waiting when the scheduler starts", Measurement.Rate(bound.Pods, bound.Waiting));
        measurement.Line($"\nFor comparison, upstream's whole scheduler with API server and etcd: {Upstream}.");
        await measurement.SaveAsync("Scheduler");
    }

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
