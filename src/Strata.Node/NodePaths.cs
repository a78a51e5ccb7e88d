using Strata.Api.Models;

namespace Strata.NodeAgent;

/// <summary>Where the agent keeps things, in the kubelet's layout.</summary>
internal sealed class NodePaths(string dataDirectory)
{
    public string Pods { get; } = Path.Combine(dataDirectory, "pods");

    public string Logs { get; } = Path.Combine(dataDirectory, "logs", "pods");

    public string Seccomp { get; } = Path.Combine(dataDirectory, "seccomp");

    public string Pod(string uid) => Path.Combine(Pods, uid);

    public string Volume(string uid, string plugin, string name) => Path.Combine(Pods, uid, "volumes", plugin, name);

    public string SubPath(string uid, string volume, string container, int index) => Path.Combine(Pods, uid, "volume-subpaths", volume, container, $"{index}");

    public string HostsFile(string uid) => Path.Combine(Pods, uid, "etc-hosts");

    public string TerminationMessage(string uid, string container, int attempt) => Path.Combine(Pods, uid, "containers", container, $"{attempt}");

    public string PodLogs(Pod pod) => PodLogs(pod.Metadata.Namespace, pod.Metadata.Name, pod.Metadata.Uid);

    public string PodLogs(string namespaceName, string name, string uid) => Path.Combine(Logs, $"{namespaceName}_{name}_{uid}");

    /// <summary>Log file of one run, relative to <see cref="PodLogs(Pod)"/>.</summary>
    public static string ContainerLog(string container, int attempt) => $"{container}/{attempt}.log";
}
