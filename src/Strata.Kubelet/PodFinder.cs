using Strata.Api.Models;
using Strata.Pods;

namespace Strata.Kubelet;

/// <summary>From the names in a path to the pod that is meant.</summary>
internal sealed class PodFinder(IPodHost host)
{
    /// <param name="uid">UID of the pod; null for whichever has the name.</param>
    /// <exception cref="KubeletException">NotFound.</exception>
    public Pod Pod(string namespaceName, string name, string? uid) =>
        host.Find(namespaceName, name) is { } pod && (uid is null || uid == pod.Metadata.Uid)
            ? pod
            : throw KubeletException.NotFound($"pod \"{name}\" not found in namespace \"{namespaceName}\" on this node");

    /// <summary>The pod of a container that is known to be in its spec.</summary>
    /// <exception cref="KubeletException">NotFound.</exception>
    public Pod PodOf(ContainerAddress address)
    {
        var pod = Pod(address.Namespace, address.Pod, address.Uid);
        return PodContainers.Find(pod.Spec, address.Container) is not null
            ? pod
            : throw KubeletException.NotFound($"container \"{address.Container}\" not found in pod \"{address.Pod}\"");
    }
}
