using System.Globalization;

namespace Strata.NodeAgent.Status;

/// <summary>What the whole machine uses, from /proc.</summary>
internal sealed record NodeUsage(
    long CpuNanoseconds, long MemoryTotalBytes, long MemoryFreeBytes, long MemoryAvailableBytes, long WorkingSetBytes, long DiskCapacityBytes, long DiskAvailableBytes, DateTimeOffset At)
{
    private const long NanosecondsPerTick = 10_000_000; // USER_HZ is 100 on every Linux that .NET runs on.

    public static NodeUsage Read(string dataDirectory, DateTimeOffset now)
    {
        var disk = new DriveInfo(dataDirectory);
        var total = Machine.MemoryInfo("MemTotal");
        var free = Machine.MemoryInfo("MemFree");

        // As cgroup working sets are counted: used memory without file pages that nobody touched lately.
        var workingSet = Math.Max(0, total - free - Machine.MemoryInfo("Inactive(file)"));
        return new NodeUsage(CpuTime(), total, free, Machine.MemoryInfo("MemAvailable"), workingSet, disk.TotalSize, disk.AvailableFreeSpace, now);
    }

    // First line of /proc/stat: cpu user nice system idle iowait irq softirq steal ...; busy is all but idle and iowait.
    private static long CpuTime()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
        return (fields.Sum() - fields[3] - fields[4]) * NanosecondsPerTick;
    }
}
