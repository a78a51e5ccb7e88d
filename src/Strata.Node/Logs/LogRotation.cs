using System.Globalization;
using Microsoft.Extensions.Logging;
using Strata.NodeAgent.Pods;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Logs;

/// <summary>Keeps container logs small: at 10 MiB a log is renamed and begun anew; of each, five files are kept. Source: kubelet/logs/container_log_manager.go
/// (without its compression of older files).</summary>
internal sealed partial class LogRotation(IContainerRuntime runtime, PodManager pods, TimeProvider clock, ILogger<LogRotation> logger)
{
    private const long MaxBytes = 10L << 20;
    private const int MaxFiles = 5;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, clock);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            foreach (var container in pods.Workers.SelectMany(worker => worker.RunningContainers))
            {
                await RotateAsync(container, cancellationToken);
            }
        }
    }

    private async Task RotateAsync(ContainerRecord container, CancellationToken cancellationToken)
    {
        try
        {
            var file = new FileInfo(container.LogPath);
            if (container.LogPath.Length == 0 || !file.Exists || file.Length < MaxBytes)
            {
                return;
            }

            foreach (var old in Rotated(container.LogPath).OrderDescending(StringComparer.Ordinal).Skip(MaxFiles - 2))
            {
                File.Delete(old);
            }

            File.Move(container.LogPath, container.LogPath + clock.GetUtcNow().UtcDateTime.ToString("'.'yyyyMMdd-HHmmss", CultureInfo.InvariantCulture));
            await runtime.ReopenLogAsync(container.Id, cancellationToken);
        }
        catch (Exception error) when (error is IOException or RuntimeException)
        {
            LogFailed(container.LogPath, error.Message);
        }
    }

    private static IEnumerable<string> Rotated(string path) => Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path) + ".*");

    [LoggerMessage(10060, LogLevel.Warning, "Log {Path} could not be rotated: {Problem}")]
    private partial void LogFailed(string path, string problem);
}
