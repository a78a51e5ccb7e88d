namespace Strata.NodeAgent.Cri;

/// <summary>Facts that the agent writes on containers to find them again after a restart. The io.kubernetes names are the kubelet's.</summary>
internal static class ContainerAnnotations
{
    public const string TerminationGracePeriod = "io.kubernetes.pod.terminationGracePeriod";
    public const string TerminationMessagePolicy = "io.kubernetes.container.terminationMessagePolicy";

    /// <summary>File on the host that stands behind the container's termination message path.</summary>
    public const string TerminationMessageFile = "strata.dev/termination-message-file";

    public const string SandboxId = "strata.dev/sandbox-id";
    public const string ImageName = "strata.dev/image-name";
}
