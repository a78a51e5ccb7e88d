using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Strata.Hosting.Files;
using Strata.Hosting.Logging;
using Strata.Hosting.Tracing;

namespace Strata.Host.Clusters;

/// <summary>Runs a cluster in this process until it is told to stop.</summary>
internal static class ForegroundCluster
{
    public static async Task<int> RunAsync(ClusterSettings settings, CancellationToken cancellationToken)
    {
        var clock = TimeProvider.System;
        var paths = new ClusterPaths(settings.DataDirectory);
        CreateFolders(paths);
        using var owned = ClusterLock.TryTake(paths)
            ?? throw new UserException($"a cluster with this data directory runs already ({paths.Data}); stop it with: strata down --data-dir {paths.Data}");
        await File.WriteAllTextAsync(paths.Pid, Environment.ProcessId.ToString(CultureInfo.InvariantCulture), cancellationToken);
        await using var progressFile = OpenProgressFile();
        var progress = new ProgressDisplay(progressFile ?? Console.Out, clock);
        using var loggers = LoggerFactory.Create(logging => logging
            .SetMinimumLevel(settings.Log.IsVerbose ? LogLevel.Debug : LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System", LogLevel.Warning)
            .AddProvider(new LineLoggerProvider(new StreamWriter(paths.Log, append: true), LogLevel.Debug, clock, settings.Log.Format)));

        using var traces = StartTraces();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => Stop(signal, stop));
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => Stop(signal, stop));
        var state = ClusterState.LoadOrChoose(paths, settings);
        await using var cluster = new ClusterRuntime(settings, paths, state, progress, loggers, clock);
        try
        {
            settings.Server?.Keys?.Install(paths);
            await cluster.StartAsync(stop.Token);
            cluster.Describe();
            progress.Say(string.Create(CultureInfo.InvariantCulture, $"{BackgroundCluster.ReadyMark} in {progress.Elapsed.TotalSeconds:F1} s."));
            await Task.Delay(Timeout.InfiniteTimeSpan, clock, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            progress.Say("Stopping.");
        }
        catch (Exception error)
        {
            progress.Say($"strata: {error.Message}");
            loggers.CreateLogger("Strata.Host").LogStartFailed(error);
            await cluster.AbandonAsync();
            throw error is UserException ? error : new UserException($"the cluster did not start: {error.Message}; the log is in {paths.Log}", error);
        }

        await cluster.StopAsync();
        return 0;
    }

    private static IDisposable? StartTraces()
    {
        try
        {
            return TraceExport.Start(typeof(ForegroundCluster).Assembly.GetName().Version!.ToString(3), Environment.GetEnvironmentVariable);
        }
        catch (FormatException wrong)
        {
            throw new UserException(wrong.Message, wrong);
        }
    }

    private static void Stop(PosixSignalContext signal, CancellationTokenSource stop)
    {
        signal.Cancel = true; // Not the default end: containers and network are cleaned up first.
        stop.Cancel();
    }

    private static StreamWriter? OpenProgressFile() =>
        Environment.GetEnvironmentVariable(BackgroundCluster.ProgressVariable) is { Length: > 0 } path
            ? new StreamWriter(new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
            : null;

    private static void CreateFolders(ClusterPaths paths)
    {
        try
        {
            SecureFile.CreateFolder(paths.Data);
            SecureFile.CreateFolder(paths.Run);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserException($"cannot create {paths.Data}: {error.Message}; choose another place with --data-dir", error);
        }
    }
}
