using System.Text;
using Strata.Api.Models;

namespace Strata.Pods.Network;

/// <summary>Contents of /etc/hosts. Source: kubelet_pods.go managedHostsFileContent (exact text).</summary>
public static class HostsFile
{
    /// <summary>The file of a pod with its own network.</summary>
    public static string ForPod(Pod pod, IReadOnlyList<string> podIPs, string clusterDomain)
    {
        var text = new StringBuilder()
            .Append("# Kubernetes-managed hosts file.\n")
            .Append("127.0.0.1\tlocalhost\n")
            .Append("::1\tlocalhost ip6-localhost ip6-loopback\n")
            .Append("fe00::0\tip6-localnet\n")
            .Append("fe00::0\tip6-mcastprefix\n")
            .Append("fe00::1\tip6-allnodes\n")
            .Append("fe00::2\tip6-allrouters\n");
        var names = PodHostname.Full(pod, clusterDomain) is { } full ? $"{full}\t{PodHostname.Short(pod)}" : PodHostname.Short(pod);
        foreach (var address in podIPs)
        {
            text.Append(address).Append('\t').Append(names).Append('\n');
        }

        return AppendAliases(text, pod).ToString();
    }

    /// <summary>The file of a pod on the host's network: the host's own, with the aliases.</summary>
    public static string ForHostNetwork(Pod pod, string hostFile) =>
        AppendAliases(new StringBuilder("# Kubernetes-managed hosts file (host network).\n").Append(hostFile), pod).ToString();

    private static StringBuilder AppendAliases(StringBuilder text, Pod pod)
    {
        if (pod.Spec.HostAliases.Count == 0)
        {
            return text;
        }

        text.Append("\n# Entries added by HostAliases.\n");
        foreach (var alias in pod.Spec.HostAliases)
        {
            text.Append(alias.Ip).Append('\t').AppendJoin('\t', alias.Hostnames).Append('\n');
        }

        return text;
    }
}
