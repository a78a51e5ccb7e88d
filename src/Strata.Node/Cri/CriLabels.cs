namespace Strata.NodeAgent.Cri;

/// <summary>Labels and annotations on sandboxes and containers: the kubelet's, so that tools like crictl show pods, and ours.</summary>
internal static class CriLabels
{
    public const string PodName = "io.kubernetes.pod.name";
    public const string PodNamespace = "io.kubernetes.pod.namespace";
    public const string PodUid = "io.kubernetes.pod.uid";
    public const string ContainerName = "io.kubernetes.container.name";

    /// <summary>Which agent made it; agents sharing a runtime leave one another's things alone.</summary>
    public const string Agent = "strata.dev/agent";
}
