using System.Net;
using System.Security.Cryptography;
using System.Text;
using Strata.Hosting.Files;

namespace Strata.Host.Clusters;

/// <summary>Who a server is among those that compete for leadership.</summary>
internal static class ServerIdentity
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    /// <summary>The same whenever a server is started again on its data, so that after a crash it need not wait for the lease it held; never that of two servers which run at
    /// the same time: a data directory belongs to one process (<see cref="ClusterLock"/>), and a copy of it lies in another place or on another machine. After the machine
    /// has started anew it is another one.</summary>
    /// <param name="name">What it is called; null for the host name.</param>
    public static string Of(ClusterPaths paths, string? name)
    {
        var own = SecureFile.ReadOrCreate(Path.Combine(paths.Data, "server-id"), NewId);
        var boot = File.Exists(BootIdPath) ? File.ReadAllText(BootIdPath) : NewId();
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{own}\n{paths.Data}\n{boot}"));
        return $"{name ?? Dns.GetHostName().ToLowerInvariant()}_{Convert.ToHexStringLower(hash)[..32]}";
    }

    private static string NewId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
