using System.Reflection;
using System.Runtime.InteropServices;
using Strata.Api.Models;

namespace Strata.VirtualNode.Registration;

/// <summary>The Node as this process describes it. Pure. Labels follow Virtual Kubelet, so that selectors and affinities written for it go on working.</summary>
internal static class NodeObject
{
    public const string TypeLabel = "type";
    public const string VirtualKubelet = "virtual-kubelet";

    // The API level whose pods this node understands; kubectl and version-skew checks read it.
    private const string KubernetesVersion = "v1.32.4";

    public static Node Build(VirtualNodeOptions options) => new()
    {
        Metadata = new ObjectMeta { Name = options.NodeName, Labels = Labels(options) },
        Spec = new NodeSpec { Taints = options.Taint is null ? [] : [options.Taint] },
    };

    /// <param name="old">The conditions there are; those of others are kept by the patch.</param>
    /// <param name="problem">Why pods cannot be run now; null when they can.</param>
    public static NodeStatus Status(VirtualNodeOptions options, int port, IReadOnlyList<NodeCondition> old, string? problem, DateTimeOffset now)
    {
        var quantities = options.Capacity.ToQuantities();
        return new NodeStatus
        {
            Capacity = quantities,
            Allocatable = quantities,
            Conditions =
            [
                Condition(old, "Ready", problem is null, problem is null ? "ProviderReady" : "ProviderNotReady", problem ?? "the container instance service answers", now),
                Condition(old, "MemoryPressure", false, "ProviderHasSufficientMemory", "memory is the service's business", now),
                Condition(old, "DiskPressure", false, "ProviderHasNoDiskPressure", "disks are the service's business", now),
                Condition(old, "PIDPressure", false, "ProviderHasSufficientPID", "processes are the service's business", now),
                Condition(old, "NetworkUnavailable", false, "RouteCreated", "pods have their network from the service", now),
            ],
            Addresses =
            [
                new NodeAddress { Type = "InternalIP", Address = options.Address.ToString() },
                new NodeAddress { Type = "Hostname", Address = options.NodeName },
            ],
            DaemonEndpoints = new NodeDaemonEndpoints { KubeletEndpoint = new DaemonEndpoint { Port = port } },
            NodeInfo = new NodeSystemInfo
            {
                Architecture = Architecture,
                OperatingSystem = "linux",
                OsImage = "Strata virtual node",
                KernelVersion = "hidden",
                KubeletVersion = $"{KubernetesVersion}+strata",
                ContainerRuntimeVersion = $"strata-container-instances://{ProductVersion}",
                MachineID = options.NodeName,
                SystemUUID = options.NodeName,
                BootID = options.NodeName,
            },
        };
    }

    private static string Architecture => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static string ProductVersion => typeof(NodeObject).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    private static SortedDictionary<string, string> Labels(VirtualNodeOptions options)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            [TypeLabel] = VirtualKubelet,
            ["kubernetes.io/role"] = "agent",
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["beta.kubernetes.io/arch"] = Architecture,

            // Load balancers cannot send to a node without a host; its pods they reach directly.
            ["node.kubernetes.io/exclude-from-external-load-balancers"] = "true",
        };
        foreach (var (name, value) in options.Labels)
        {
            labels[name] = value;
        }

        return labels;
    }

    private static NodeCondition Condition(IReadOnlyList<NodeCondition> old, string type, bool value, string reason, string message, DateTimeOffset now)
    {
        var text = value ? "True" : "False";
        var known = old.FirstOrDefault(condition => condition.Type == type);
        return new NodeCondition
        {
            Type = type,
            Status = text,
            Reason = reason,
            Message = message,
            LastHeartbeatTime = KubeTime.Truncate(now),
            LastTransitionTime = known?.Status == text ? known.LastTransitionTime : KubeTime.Truncate(now),
        };
    }
}
