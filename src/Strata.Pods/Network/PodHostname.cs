using Strata.Api.Models;

namespace Strata.Pods.Network;

/// <summary>The names a pod has inside. Source: kubelet_pods.go GeneratePodHostNameAndDomain (behaviour).</summary>
public static class PodHostname
{
    private const int MaxLength = 63;

    /// <summary>Short host name: spec.hostname, or the pod's name cut to 63 characters.</summary>
    public static string Short(Pod pod)
    {
        var name = pod.Spec.HostnameOverride ?? (pod.Spec.Hostname.Length > 0 ? pod.Spec.Hostname : pod.Metadata.Name);
        return name.Length > MaxLength ? name[..MaxLength].TrimEnd('-', '.') : name;
    }

    /// <summary>Fully qualified name; null without spec.subdomain.</summary>
    public static string? Full(Pod pod, string clusterDomain) => pod.Spec.Subdomain.Length == 0
        ? null
        : $"{Short(pod)}.{pod.Spec.Subdomain}.{pod.Metadata.Namespace}.svc.{clusterDomain}";

    /// <summary>What the kernel is told.</summary>
    public static string Kernel(Pod pod, string clusterDomain) => pod.Spec.SetHostnameAsFQDN == true ? Full(pod, clusterDomain) ?? Short(pod) : Short(pod);
}
