namespace Strata.Pods.Runtime;

/// <summary>A sandbox to run.</summary>
public sealed record SandboxSpec
{
    public required string PodUid { get; init; }

    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    public int Attempt { get; init; }

    public string Hostname { get; init; } = "";

    /// <summary>Directory of the container logs; their paths are relative to it.</summary>
    public string LogDirectory { get; init; } = "";

    /// <summary>Contents of resolv.conf; null leaves the host's.</summary>
    public DnsSettings? Dns { get; init; }

    public IReadOnlyList<PortMapping> Ports { get; init; } = [];

    /// <summary>Cgroup under which the sandbox and its containers are made; empty for the runtime's default.</summary>
    public string CgroupParent { get; init; } = "";

    public bool HostNetwork { get; init; }

    public bool HostPid { get; init; }

    public bool HostIpc { get; init; }

    /// <summary>All containers see one another's processes.</summary>
    public bool SharedPid { get; init; }

    /// <summary>Whether a container of the pod is privileged (a sandbox must be as well).</summary>
    public bool Privileged { get; init; }

    public long? RunAsUser { get; init; }

    public long? RunAsGroup { get; init; }

    public IReadOnlyList<long> SupplementalGroups { get; init; } = [];

    public IReadOnlyDictionary<string, string> Sysctls { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>Runtime handler of the RuntimeClass; empty for the default.</summary>
    public string RuntimeHandler { get; init; } = "";
}
