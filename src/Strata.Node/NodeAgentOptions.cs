using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Api.Models;

namespace Strata.NodeAgent;

/// <summary>Configuration of a node agent.</summary>
public sealed record NodeAgentOptions
{
    /// <summary>Name of the Node object.</summary>
    public required string NodeName { get; init; }

    /// <summary>Folder for volumes, logs and the like; created when missing. Must be on a file system that allows mounts.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Addresses of the node, primary first; at least one.</summary>
    public required IReadOnlyList<string> NodeIPs { get; init; }

    /// <summary>Pod address range of the node, written to <c>spec.podCIDR</c>; null leaves that to a controller.</summary>
    public string? PodCidr { get; init; }

    /// <summary>Address of the cluster's DNS, for pods with <c>dnsPolicy: ClusterFirst</c>; null when there is none.</summary>
    public string? ClusterDns { get; init; }

    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Labels beside the well-known ones.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Taints the node registers with; those on an existing Node stay.</summary>
    public IReadOnlyList<Taint> Taints { get; init; } = [];

    /// <summary>Most pods at a time.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Values that replace measured capacity, for example <c>cpu: 1</c> (tests, shared machines).</summary>
    public IReadOnlyDictionary<string, Quantity> Capacity { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>What the system keeps for itself: allocatable is capacity minus this.</summary>
    public IReadOnlyDictionary<string, Quantity> Reserved { get; init; } = new Dictionary<string, Quantity>();

    /// <summary>First path element of pods' cgroups, unique per cluster on a machine, for example <c>strata-default</c>; empty leaves cgroups to the runtime.</summary>
    public string CgroupRoot { get; init; } = "";

    /// <summary>Where the kubelet API listens (port 0 takes any); null for no server, in which case logs and exec do not work.</summary>
    public IPEndPoint? Listen { get; init; }

    /// <summary>TLS certificate of that server; required with <see cref="Listen"/>.</summary>
    public X509Certificate2? ServerCertificate { get; init; }

    /// <summary>Who signs the clients (the API server) that may call that server; required with <see cref="Listen"/>.</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }

    /// <summary>How often the runtime's lists are compared with what events said. Events carry the load; this is the safety net.</summary>
    public TimeSpan RelistPeriod { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The machine's DNS configuration, inherited by pods.</summary>
    public string ResolvConf { get; init; } = "/etc/resolv.conf";

    /// <summary>Version shown as the node's kubelet version.</summary>
    public string Version { get; init; } = "v1.34.0+strata";

    internal void Validate()
    {
        if (NodeIPs.Count == 0)
        {
            throw new ArgumentException($"node {NodeName}: at least one node address is needed (NodeIPs)");
        }

        if (Listen is not null && (ServerCertificate is null || ClientAuthorities is null))
        {
            throw new ArgumentException($"node {NodeName}: the node server at {Listen} needs a server certificate and a client CA");
        }
    }
}
