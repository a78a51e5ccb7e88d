using Strata.Api.Models;
using Strata.Pods.Lifecycle;

namespace Strata.NodeAgent.Pods;

/// <summary>The node's own check of a pod that was bound to it, against mistakes and races of schedulers. Pure. Source: kubelet/lifecycle/predicate.go (behaviour and words).</summary>
internal static class PodAdmission
{
    // Source: kubelet/sysctl/safe_sysctls.go.
    private static readonly HashSet<string> SafeSysctls =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_unprivileged_port_start",
        "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes",
        "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <returns>Why the pod is refused (it then fails); null when it may start.</returns>
    public static PodEnd? Check(Pod pod, IReadOnlyList<Pod> others, NodeFacts facts, int maxPods)
    {
        var active = others.Where(other => !other.IsTerminal()).ToArray();
        if (active.Length + 1 > maxPods)
        {
            return new PodEnd("OutOfpods", $"Pod was rejected: Node didn't have enough resource: pods, requested: 1, used: {active.Length}, capacity: {maxPods}");
        }

        foreach (var name in (string[])["cpu", "memory"])
        {
            if (facts.Allocatable.TryGetValue(name, out var allocatable))
            {
                var requested = Request(pod, name);
                var used = active.Aggregate(default(Quantity), (sum, other) => sum + Request(other, name));
                if (!requested.IsZero && used + requested > allocatable)
                {
                    return new PodEnd($"OutOf{name}", $"Pod was rejected: Node didn't have enough resource: {name}, requested: {Show(requested, name)}, used: {Show(used, name)}, capacity: {Show(allocatable, name)}");
                }
            }
        }

        if (pod.Spec.NodeSelector.Any(pair => !facts.Labels.TryGetValue(pair.Key, out var value) || value != pair.Value))
        {
            return new PodEnd("NodeAffinity", "Pod was rejected: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector");
        }

        var unsafeSysctl = (pod.Spec.SecurityContext?.Sysctls ?? []).FirstOrDefault(sysctl => !SafeSysctls.Contains(sysctl.Name.Replace('/', '.')));
        return unsafeSysctl is null ? null : new PodEnd("SysctlForbidden", $"Pod was rejected: forbidden sysctl: \"{unsafeSysctl.Name}\" not allowlisted");
    }

    /// <summary>What the pod asks for: sidecars and containers together, or a larger init container (KEP-753).</summary>
    public static Quantity Request(Pod pod, string name)
    {
        if (pod.Spec.Resources?.Requests.TryGetValue(name, out var podLevel) == true)
        {
            return podLevel + pod.Spec.Overhead.GetValueOrDefault(name);
        }

        var sidecars = default(Quantity);
        var largestInit = default(Quantity);
        foreach (var init in pod.Spec.InitContainers)
        {
            var own = init.Resources.Requests.GetValueOrDefault(name);
            if (Strata.Pods.PodContainers.IsSidecar(init))
            {
                sidecars += own;
                own = sidecars;
            }
            else
            {
                own += sidecars;
            }

            largestInit = own > largestInit ? own : largestInit;
        }

        var running = pod.Spec.Containers.Aggregate(sidecars, (sum, container) => sum + container.Resources.Requests.GetValueOrDefault(name));
        return (running > largestInit ? running : largestInit) + pod.Spec.Overhead.GetValueOrDefault(name);
    }

    private static string Show(Quantity value, string name) => FormattableString.Invariant($"{(name == "cpu" ? value.MilliValue : value.Value)}");
}
