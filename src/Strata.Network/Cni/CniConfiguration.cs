using System.Text.Json;
using System.Text.Json.Nodes;

namespace Strata.Network.Cni;

/// <summary>The CNI configuration list that tells containerd how to connect a pod (CNI spec 1.0.0).</summary>
/// <remarks>Chain: <c>bridge</c> with <c>host-local</c> addresses, then <c>portmap</c> for host ports; containerd adds loopback
/// itself. The bridge plug-in does not masquerade: the cluster's nftables table does, which knows the pod and service ranges.</remarks>
internal static class CniConfiguration
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string NetworkName(NetworkOptions options) => "strata-" + options.ClusterId;

    public static string FilePath(NetworkOptions options) =>
        Path.Combine(options.CniConfigDirectory, $"10-{NetworkName(options)}.conflist");

    /// <summary>Where host-local keeps this network's leases.</summary>
    public static string LeaseDirectory(NetworkOptions options) => Path.Combine(options.IpamDirectory, NetworkName(options));

    public static string Render(NetworkOptions options, int mtu)
    {
        var bridge = new JsonObject
        {
            ["type"] = "bridge",
            ["bridge"] = options.BridgeName,
            ["isGateway"] = true,
            ["ipMasq"] = false,
            ["hairpinMode"] = true, // A pod that reaches itself through a service leaves and enters by the same port.
            ["mtu"] = mtu,
            ["ipam"] = new JsonObject
            {
                ["type"] = "host-local",
                ["dataDir"] = options.IpamDirectory,
                ["ranges"] = new JsonArray(new JsonArray(new JsonObject
                {
                    ["subnet"] = options.PodCidr.ToString(),
                    ["gateway"] = options.GatewayIP.ToString(),
                })),
                ["routes"] = new JsonArray(new JsonObject { ["dst"] = "0.0.0.0/0" }),
            },
        };
        var portMap = new JsonObject
        {
            ["type"] = "portmap",
            ["capabilities"] = new JsonObject { ["portMappings"] = true },
            ["snat"] = true,
        };
        return new JsonObject
        {
            ["cniVersion"] = "1.0.0",
            ["name"] = NetworkName(options),
            ["plugins"] = new JsonArray(bridge, portMap),
        }.ToJsonString(Indented) + "\n";
    }

    /// <summary>Writes the file; containerd reads the folder again by itself. Unchanged content is not written.</summary>
    public static async Task WriteAsync(NetworkOptions options, int mtu, CancellationToken cancellationToken)
    {
        var path = FilePath(options);
        var text = Render(options, mtu);
        Directory.CreateDirectory(options.CniConfigDirectory);
        Directory.CreateDirectory(options.IpamDirectory);
        if (File.Exists(path) && await File.ReadAllTextAsync(path, cancellationToken) == text)
        {
            return;
        }
        // Renamed into place: containerd must never read half a file. It ignores names that do not end in .conflist.
        await File.WriteAllTextAsync(path + ".tmp", text, cancellationToken);
        File.Move(path + ".tmp", path, overwrite: true);
    }

    /// <summary>Removes the file and every lease.</summary>
    public static void Remove(NetworkOptions options)
    {
        if (Directory.Exists(options.CniConfigDirectory))
        {
            File.Delete(FilePath(options));
        }
        if (Directory.Exists(LeaseDirectory(options)))
        {
            Directory.Delete(LeaseDirectory(options), recursive: true);
        }
    }
}
