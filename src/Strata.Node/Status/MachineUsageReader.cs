using System.Globalization;
using Strata.Kubelet.Statistics;

namespace Strata.NodeAgent.Status;

/// <summary>Reads what the whole machine uses, from /proc.</summary>
internal static class MachineUsageReader
{
    private const long TickNanoseconds = 10_000_000; // USER_HZ is 100 on every architecture that .NET runs on.

    /// <param name="dataDirectory">On the file system that holds the pods.</param>
    public static MachineUsage Read(string dataDirectory, DateTimeOffset now)
    {
        var total = Machine.MemoryInfo("MemTotal");
        var used = total - Machine.MemoryInfo("MemFree");
        var disk = new DriveInfo(dataDirectory);
        return new MachineUsage(
            CpuTicks() * TickNanoseconds, total, used, Math.Max(0, used - Machine.MemoryInfo("Inactive(file)")), Machine.MemoryInfo("AnonPages"),
            new DiskUsage(disk.TotalSize, disk.TotalSize - disk.TotalFreeSpace, disk.AvailableFreeSpace), now);
    }

    // "cpu user nice system idle iowait irq softirq steal guest guestnice"; guests are counted in user and nice already.
    private static long CpuTicks()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7, 8 }.Where(index => index < fields.Length).Sum(index => long.Parse(fields[index], CultureInfo.InvariantCulture));
    }
}
