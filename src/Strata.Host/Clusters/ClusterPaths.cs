using System.Security.Cryptography;
using System.Text;

namespace Strata.Host.Clusters;

/// <summary>Where a cluster keeps its files. Sockets and pids live under a short path of their own: a Unix socket's path may have 107 bytes.</summary>
internal sealed class ClusterPaths
{
    public ClusterPaths(string dataDirectory)
    {
        Data = Path.GetFullPath(dataDirectory);
        Id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Data)))[..8];
        Run = Path.Combine("/run/strata", Id);
    }

    /// <summary>Eight hex digits that tell clusters on one machine apart; they appear in names of interfaces, tables and cgroups.</summary>
    public string Id { get; }

    public string Data { get; }

    public string Run { get; }

    public string Certificates => Path.Combine(Data, "pki");

    public string CoreCertificates => Path.Combine(Data, "instances", "pki");

    public string Kubeconfig => Path.Combine(Data, "kubeconfig");

    public string CoreKubeconfig => Path.Combine(Data, "instances", "core.kubeconfig");

    public string ArmToken => Path.Combine(Data, "instances", "token");

    public string Store => Path.Combine(Data, "store", "state.db");

    public string ServiceAccountKey => Path.Combine(Data, "store", "service-account.key");

    public string CoreStore => Path.Combine(Data, "instances", "core", "state.db");

    public string Instances => Path.Combine(Data, "instances");

    public string Node => Path.Combine(Data, "node");

    public string CoreNode => Path.Combine(Data, "instances", "host");

    public string Containerd => Path.Combine(Data, "containerd");

    public string ContainerdRun => Path.Combine(Run, "containerd");

    public string Cni => Path.Combine(Run, "cni");

    public string State => Path.Combine(Data, "cluster.json");

    public string Lock => Path.Combine(Data, "lock");

    public string Pid => Path.Combine(Run, "pid");

    public string Progress => Path.Combine(Run, "progress");

    public string Log => Path.Combine(Data, "strata.log");
}
