using System.Globalization;
using Strata.Api.Models;

namespace Strata.NodeAgent.Status;

/// <summary>What the machine has, read from /proc and /sys.</summary>
/// <param name="Capacity">Resources by name.</param>
/// <param name="Allocatable">Capacity minus what is reserved.</param>
/// <param name="MemoryBytes">Memory that pods are weighed against.</param>
internal sealed record Machine(IReadOnlyDictionary<string, Quantity> Capacity, IReadOnlyDictionary<string, Quantity> Allocatable, long MemoryBytes)
{
    public static Machine Read(NodeAgentOptions options)
    {
        var disk = new DriveInfo(options.DataDirectory);
        var capacity = new Dictionary<string, Quantity>
        {
            ["cpu"] = Quantity.FromValue(System.Environment.ProcessorCount),
            ["memory"] = Quantity.FromBytes(MemoryInfo("MemTotal") / 1024 * 1024),
            ["ephemeral-storage"] = Quantity.FromBytes(disk.TotalSize / 1024 * 1024),
            ["pods"] = Quantity.FromValue(options.MaxPods),
        };
        foreach (var name in HugePages())
        {
            capacity[name] = Quantity.FromValue(0); // Counted as none: containers with huge pages are refused.
        }

        foreach (var (name, value) in options.Capacity)
        {
            capacity[name] = value;
        }

        var allocatable = capacity.ToDictionary(pair => pair.Key, pair => options.Reserved.TryGetValue(pair.Key, out var reserved) && reserved < pair.Value ? pair.Value - reserved : pair.Value);
        return new Machine(capacity, allocatable, capacity["memory"].Value);
    }

    /// <summary>A line of /proc/meminfo in bytes; 0 when it is missing.</summary>
    public static long MemoryInfo(string name)
    {
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith(name + ":", StringComparison.Ordinal))
            {
                var digits = line.AsSpan(name.Length + 1).Trim();
                var end = digits.IndexOf(' ');
                return long.Parse(end < 0 ? digits : digits[..end], CultureInfo.InvariantCulture) * 1024;
            }
        }

        return 0;
    }

    private static IEnumerable<string> HugePages() => Directory.Exists("/sys/kernel/mm/hugepages")
        ? Directory.EnumerateDirectories("/sys/kernel/mm/hugepages", "hugepages-*kB")
            .Select(folder => long.Parse(Path.GetFileName(folder)["hugepages-".Length..^2], CultureInfo.InvariantCulture))
            .Select(kilobytes => $"hugepages-{Quantity.FromBytes(kilobytes * 1024)}")
        : [];
}
