using Strata.Api.Models;

namespace Strata.Pods.Resources;

/// <summary>Where in the cgroup tree a pod lives: <c>/&lt;root&gt;/kubepods/[burstable|besteffort/]pod&lt;uid&gt;</c>. Source: kubelet/cm (cgroupfs driver layout).</summary>
public static class PodCgroup
{
    /// <param name="root">First path element, which keeps clusters on one machine apart.</param>
    public static string Path(string root, Pod pod)
    {
        var qos = QosClass.Of(pod) switch
        {
            QosClass.Guaranteed => "",
            QosClass.BestEffort => "besteffort/",
            _ => "burstable/",
        };
        return $"/{root.Trim('/')}/kubepods/{qos}pod{pod.Metadata.Uid}";
    }
}
