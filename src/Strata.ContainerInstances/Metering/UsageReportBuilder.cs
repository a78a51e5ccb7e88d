using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Metering;

/// <summary>Sums runs up into a report. Pure.</summary>
internal static class UsageReportBuilder
{
    /// <param name="from">Time before this does not count; null for all.</param>
    /// <param name="to">Time after this does not count; a run still open counts up to here.</param>
    public static UsageReport Build(IEnumerable<MeterRun> runs, PriceSheet prices, DateTimeOffset? from, DateTimeOffset to)
    {
        to = KubeTime.Truncate(to);
        var groups = runs
            .Where(r => r.Start <= to && (r.End is null || from is null || r.End > from))
            .GroupBy(r => r.GroupUid, StringComparer.Ordinal)
            .Select(g => GroupOf([.. g.OrderBy(r => r.Start)], prices, from, to))
            .OrderBy(g => g.Start)
            .ToArray();
        return new UsageReport
        {
            From = from,
            To = to,
            Currency = prices.Currency,
            PricePerVcpuSecond = (double)prices.PerVcpuSecond,
            PricePerGBSecond = (double)prices.PerGBSecond,
            Groups = groups,
            Total = new UsageAmounts
            {
                Seconds = groups.Sum(g => g.Usage.Seconds),
                VcpuSeconds = groups.Sum(g => g.Usage.VcpuSeconds),
                GBSeconds = groups.Sum(g => g.Usage.GBSeconds),
                Cost = groups.Sum(g => g.Usage.Cost),
            },
        };
    }

    private static GroupUsage GroupOf(MeterRun[] runs, PriceSheet prices, DateTimeOffset? from, DateTimeOffset to)
    {
        var last = runs[^1];
        return new GroupUsage
        {
            Id = last.ResourceId,
            Name = ArmResourceId.TryParse(last.ResourceId, out var id) ? id.Name! : last.ResourceId,
            Uid = last.GroupUid,
            BillableVcpu = Billing.Vcpu(last.Cpu),
            BillableMemoryInGB = Billing.MemoryInGB(last.MemoryInGB),
            Start = runs[0].Start,
            End = Array.Exists(runs, r => r.End is null) ? null : runs.Max(r => r.End),
            Usage = AmountsOf(runs, prices, from, to),
            Intervals = [.. runs.Select(IntervalOf)],
        };
    }

    private static UsageAmounts AmountsOf(MeterRun[] runs, PriceSheet prices, DateTimeOffset? from, DateTimeOffset to)
    {
        decimal seconds = 0, vcpuSeconds = 0, gbSeconds = 0;
        foreach (var run in runs)
        {
            var start = run.Start > from || from is null ? run.Start : from.Value;
            var end = run.End is { } ended && ended < to ? ended : to;
            var length = Math.Max(0, (decimal)(end - start).TotalSeconds);
            seconds += length;
            vcpuSeconds += length * (decimal)Billing.Vcpu(run.Cpu);
            gbSeconds += length * (decimal)Billing.MemoryInGB(run.MemoryInGB);
        }

        return new UsageAmounts
        {
            Seconds = (double)seconds,
            VcpuSeconds = (double)vcpuSeconds,
            GBSeconds = (double)gbSeconds,
            Cost = (double)((vcpuSeconds * prices.PerVcpuSecond) + (gbSeconds * prices.PerGBSecond)),
        };
    }

    private static UsageInterval IntervalOf(MeterRun run) => new()
    {
        Start = run.Start,
        End = run.End,
        RequestedVcpu = run.Cpu,
        RequestedMemoryInGB = run.MemoryInGB,
        BillableVcpu = Billing.Vcpu(run.Cpu),
        BillableMemoryInGB = Billing.MemoryInGB(run.MemoryInGB),
    };
}
