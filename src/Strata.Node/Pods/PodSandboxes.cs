using Strata.Api.Models;
using Strata.NodeAgent.Cri;
using Strata.Pods;
using Strata.Pods.Network;
using Strata.Pods.Resources;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Pods;

/// <summary>Builds sandbox specs and the files that belong to them.</summary>
internal static class PodSandboxes
{
    private static readonly SandboxSpec Empty = new() { PodUid = "", PodNamespace = "", PodName = "" };

    public static (SandboxSpec Spec, IReadOnlyList<string> DnsProblems) Spec(Pod pod, int attempt, NodeFacts facts, NodePaths paths)
    {
        var dns = PodDns.Resolve(pod, facts.HostDns, facts.ClusterDns, facts.ClusterDomain);
        var security = pod.Spec.SecurityContext;
        var spec = Empty with
        {
            PodUid = pod.Metadata.Uid,
            PodNamespace = pod.Metadata.Namespace,
            PodName = pod.Metadata.Name,
            Attempt = attempt,
            Hostname = PodHostname.Kernel(pod, facts.ClusterDomain),
            LogDirectory = paths.PodLogs(pod),
            Dns = dns.Settings,
            Ports = pod.Spec.HostNetwork ? [] : [.. PodContainers.All(pod.Spec).SelectMany(container => container.Ports).Where(port => port.HostPort > 0)
                .Select(port => new PortMapping(port.Protocol.Length == 0 ? "TCP" : port.Protocol, port.Port, port.HostPort, port.HostIP)).Distinct()],
            CgroupParent = facts.CgroupRoot.Length == 0 ? "" : PodCgroup.Path(facts.CgroupRoot, pod),
            HostNetwork = pod.Spec.HostNetwork,
            HostPid = pod.Spec.HostPID,
            HostIpc = pod.Spec.HostIPC,
            SharedPid = pod.Spec.ShareProcessNamespace == true,
            Privileged = PodContainers.All(pod.Spec).Any(container => container.SecurityContext?.Privileged == true),
            RunAsUser = security?.RunAsUser,
            RunAsGroup = security?.RunAsGroup,
            SupplementalGroups = security?.SupplementalGroups ?? [],
            Sysctls = (security?.Sysctls ?? []).ToDictionary(sysctl => sysctl.Name, sysctl => sysctl.Value),
            Labels = pod.Metadata.Labels,
            Annotations = new Dictionary<string, string>
            {
                [ContainerAnnotations.TerminationGracePeriod] = FormattableString.Invariant($"{pod.Spec.TerminationGracePeriodSeconds ?? 30}"),
            },
        };
        return (spec, dns.Problems);
    }

    public static void WriteHostsFile(Pod pod, IReadOnlyList<string> podIPs, NodeFacts facts, NodePaths paths)
    {
        Directory.CreateDirectory(paths.Pod(pod.Metadata.Uid));
        var text = pod.Spec.HostNetwork ? HostsFile.ForHostNetwork(pod, File.ReadAllText("/etc/hosts")) : HostsFile.ForPod(pod, podIPs, facts.ClusterDomain);
        File.WriteAllText(paths.HostsFile(pod.Metadata.Uid), text);
    }
}
