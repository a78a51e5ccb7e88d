using Strata.Api.Models;

namespace Strata.NodeAgent.Status;

/// <summary>The node's conditions, measured. This agent reports pressure and does not evict.</summary>
internal static class NodeConditions
{
    private const long MemoryReserveBytes = 100L << 20;
    private const long DiskReserveBytes = 10L << 30;
    private const double DiskReserveShare = 0.10;

    /// <param name="runtimeProblem">Why no pod can start; null when pods can.</param>
    public static IReadOnlyList<NodeCondition> Measure(string dataDirectory, string? runtimeProblem) =>
    [
        MemoryPressure(),
        DiskPressure(dataDirectory),
        PidPressure(),
        runtimeProblem is null
            ? new NodeCondition { Type = "Ready", Status = "True", Reason = "KubeletReady", Message = "the node agent is posting ready status" }
            : new NodeCondition { Type = "Ready", Status = "False", Reason = "KubeletNotReady", Message = runtimeProblem },
    ];

    private static NodeCondition MemoryPressure() => Condition(
        "MemoryPressure", Machine.MemoryInfo("MemAvailable") < MemoryReserveBytes, "InsufficientMemory", "SufficientMemory", "insufficient memory available", "sufficient memory available");

    // The kubelet keeps 10 % free, whatever the size. On a large disk of a workstation that is a lot, so 10 GiB are enough.
    private static NodeCondition DiskPressure(string dataDirectory)
    {
        var disk = new DriveInfo(dataDirectory);
        var reserve = Math.Min((long)(disk.TotalSize * DiskReserveShare), DiskReserveBytes);
        return Condition("DiskPressure", disk.AvailableFreeSpace < reserve, "DiskPressure", "NoDiskPressure", "disk pressure", "no disk pressure");
    }

    private static NodeCondition PidPressure()
    {
        // The fourth field of /proc/loadavg is running/total kernel scheduling entities.
        var total = File.ReadAllText("/proc/loadavg").Split(' ')[3].Split('/')[1];
        var most = File.ReadAllText("/proc/sys/kernel/pid_max").Trim();
        var isLow = long.TryParse(total, out var used) && long.TryParse(most, out var limit) && used > limit * 9 / 10;
        return Condition("PIDPressure", isLow, "InsufficientPID", "SufficientPID", "insufficient PID available", "sufficient PID available");
    }

    private static NodeCondition Condition(string type, bool isBad, string badReason, string goodReason, string badMessage, string goodMessage) => new()
    {
        Type = type,
        Status = isBad ? "True" : "False",
        Reason = isBad ? "KubeletHas" + badReason : "KubeletHas" + goodReason,
        Message = "the node has " + (isBad ? badMessage : goodMessage),
    };
}
