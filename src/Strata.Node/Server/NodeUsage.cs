using System.Globalization;
using Strata.NodeAgent.Status;

namespace Strata.NodeAgent.Server;

/// <summary>What the whole machine uses, from /proc.</summary>
/// <param name="CpuNanoseconds">CPU time of all processors since the machine started.</param>
/// <param name="WorkingSetBytes">Memory in use, without file pages that can be dropped at once.</param>
/// <param name="RssBytes">Anonymous memory.</param>
internal sealed record NodeUsage(long CpuNanoseconds, long MemoryBytes, long UsageBytes, long WorkingSetBytes, long RssBytes, DateTimeOffset At)
{
    private const long TickNanoseconds = 10_000_000; // USER_HZ is 100 on every architecture that .NET runs on.

    public static NodeUsage Read(DateTimeOffset now)
    {
        var total = Machine.MemoryInfo("MemTotal");
        var used = total - Machine.MemoryInfo("MemFree");
        return new NodeUsage(CpuTicks() * TickNanoseconds, total, used, Math.Max(0, used - Machine.MemoryInfo("Inactive(file)")), Machine.MemoryInfo("AnonPages"), now);
    }

    // "cpu user nice system idle iowait irq softirq steal guest guestnice"; guests are counted in user and nice already.
    private static long CpuTicks()
    {
        var fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new[] { 1, 2, 3, 6, 7, 8 }.Where(index => index < fields.Length).Sum(index => long.Parse(fields[index], CultureInfo.InvariantCulture));
    }
}
