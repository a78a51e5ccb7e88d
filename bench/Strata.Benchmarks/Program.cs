using BenchmarkDotNet.Running;
using Strata.Benchmarks;
using Strata.Benchmarks.Scheduling;
using Strata.Benchmarks.Storing;

// Whole-process runs write their table to bench/results; everything else is BenchmarkDotNet's.
switch (args.FirstOrDefault())
{
    case "scheduler":
        await SchedulerRun.RunAsync(new Measurement("scheduler"), RunOptions.Parse(args));
        return 0;
    case "store":
        await StoreRun.RunAsync(new Measurement("store"), RunOptions.Parse(args));
        return 0;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(RunOptions).Assembly).Run(args);
        return 0;
}
