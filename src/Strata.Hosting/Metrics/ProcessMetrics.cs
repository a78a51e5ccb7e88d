using System.Diagnostics;

namespace Strata.Hosting.Metrics;

/// <summary>What Prometheus' client libraries tell of every process.</summary>
public static class ProcessMetrics
{
    private const string OpenFiles = "/proc/self/fd";

    public static void AddTo(MetricRegistry registry)
    {
        Add(registry, "process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.", static process => process.TotalProcessorTime.TotalSeconds);
        Add(registry, "process_resident_memory_bytes", "gauge", "Resident memory size in bytes.", static process => process.WorkingSet64);
        Add(registry, "process_virtual_memory_bytes", "gauge", "Virtual memory size in bytes.", static process => process.VirtualMemorySize64);
        Add(registry, "process_start_time_seconds", "gauge", "Start time of the process since unix epoch in seconds.", static process => new DateTimeOffset(process.StartTime).ToUnixTimeMilliseconds() / 1000.0);
        if (Directory.Exists(OpenFiles))
        {
            Add(registry, "process_open_fds", "gauge", "Number of open file descriptors.", static _ => Directory.EnumerateFileSystemEntries(OpenFiles).Count());
        }
    }

    private static void Add(MetricRegistry registry, string name, string type, string help, Func<Process, double> read) =>
        registry.Observe(name, type, help, [], () =>
        {
            using var process = Process.GetCurrentProcess();
            return [([], read(process))];
        });
}
