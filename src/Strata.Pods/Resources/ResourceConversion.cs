using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Resources;

/// <summary>Requests and limits in the kernel's units. Source: kubelet/cm/helpers_linux.go, kubelet/qos/policy.go (behaviour).</summary>
public static class ResourceConversion
{
    private const long MinShares = 2;
    private const long MaxShares = 262144;
    private const long PeriodMicroseconds = 100_000;
    private const long MinQuotaMicroseconds = 1000;
    private const int NodeCriticalPriority = 2_000_001_000;

    /// <summary>Limits of one container.</summary>
    /// <param name="memoryCapacityBytes">Memory of the node, against which requests are weighed for the out-of-memory order.</param>
    public static LinuxResources ForContainer(Pod pod, Container container, long memoryCapacityBytes)
    {
        var limits = container.Resources.Limits;
        var requests = container.Resources.Requests;
        var cpuLimit = limits.GetValueOrDefault("cpu");
        var cpuRequest = requests.TryGetValue("cpu", out var set) ? set : cpuLimit;
        return new LinuxResources
        {
            CpuShares = Shares(cpuRequest.MilliValue),
            CpuQuota = Quota(cpuLimit.MilliValue),
            CpuPeriod = PeriodMicroseconds,
            MemoryLimitBytes = limits.GetValueOrDefault("memory").Value,
            OomScoreAdjust = OomScoreAdjust(pod, container, memoryCapacityBytes),
        };
    }

    public static long Shares(long milliCpu) => milliCpu == 0 ? MinShares : Math.Clamp(milliCpu * 1024 / 1000, MinShares, MaxShares);

    /// <summary>Microseconds per period of 100 ms; 0 for no limit.</summary>
    public static long Quota(long milliCpu) => milliCpu == 0 ? 0 : Math.Max(milliCpu * PeriodMicroseconds / 1000, MinQuotaMicroseconds);

    /// <summary>How early the kernel kills the container when memory runs out: −997 last, 1000 first.</summary>
    public static long OomScoreAdjust(Pod pod, Container container, long memoryCapacityBytes)
    {
        if ((pod.Spec.Priority ?? 0) >= NodeCriticalPriority)
        {
            return -997;
        }

        switch (QosClass.Of(pod))
        {
            case QosClass.Guaranteed:
                return -997;
            case QosClass.BestEffort:
                return 1000;
            default:
                var own = Burstable(container, memoryCapacityBytes);

                // KEP-753: a sidecar must not die before the containers it serves.
                return PodContainers.IsInit(pod.Spec, container.Name) && PodContainers.IsSidecar(container)
                    ? pod.Spec.Containers.Select(app => Burstable(app, memoryCapacityBytes)).Append(own).Min()
                    : own;
        }
    }

    private static long Burstable(Container container, long memoryCapacityBytes)
    {
        var request = container.Resources.Requests.TryGetValue("memory", out var set) ? set : container.Resources.Limits.GetValueOrDefault("memory");
        var adjust = memoryCapacityBytes <= 0 ? 999 : 1000 - (long)(1000 * (Int128)request.Value / memoryCapacityBytes);
        return Math.Clamp(adjust, 3, 999);
    }
}
