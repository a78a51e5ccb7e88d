using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Strata.Network.Linux;

/// <summary>The network device a cluster has on this host: the pods' bridge, with the node's address on the pod network and
/// the cluster DNS address on it.</summary>
internal sealed class HostInterfaces(IHostCommand host, ISysctl sysctl)
{
    private const int EthernetMtu = 1500;

    /// <summary>The configured MTU, or that of the interface the default route uses: pods talk to the outside through it.</summary>
    public static int ChooseMtu(int configured)
    {
        if (configured > 0)
        {
            return configured;
        }
        foreach (var candidate in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (candidate.OperationalStatus == OperationalStatus.Up
                && candidate.GetIPProperties() is var properties
                && properties.GatewayAddresses.Any(static g => g.Address.AddressFamily == AddressFamily.InterNetwork)
                && properties.GetIPv4Properties() is { Mtu: > 0 and var mtu })
            {
                return mtu;
            }
        }
        return EthernetMtu;
    }

    /// <summary>Creates or completes the bridge; harmless when it is there. The bridge exists before its first pod, so that
    /// its settings and the host's own address on the pod network do not depend on one.</summary>
    /// <returns>What does not work on this host, or null.</returns>
    public async Task<string?> EnsureAsync(NetworkOptions options, int mtu, CancellationToken cancellationToken)
    {
        var bridge = options.BridgeName;
        await AddAsync(bridge, cancellationToken);

        // The fixed hardware address: a bridge without one takes its ports' and changes it under the pods' neighbour tables.
        // The route gives the host a source address on the pod network for cluster IPs, also when it has no default route. It
        // leads to lo and not to the bridge, or the kernel would tell pods by ICMP redirect that cluster IPs are their
        // neighbours. It goes away with its source address.
        // The bridge plug-in wants the gateway's address to be the first on the bridge.
        var dns = options.ClusterDnsIP is { } address ? $"addr replace {address}/32 dev {bridge}\n" : "";
        await BatchAsync(
            $"""
            link set dev {bridge} address {HardwareAddress(options.GatewayIP.GetAddressBytes())} mtu {mtu} up
            addr replace {options.GatewayIP}/{options.PodCidr.PrefixLength} brd + dev {bridge}
            {dns}route replace {options.ServiceCidr} dev lo src {options.GatewayIP}

            """,
            cancellationToken);

        // Node ports on 127.0.0.1: the table's raw-prerouting chain refuses what this would otherwise let in.
        try
        {
            sysctl.Write($"net/ipv4/conf/{bridge}/route_localnet", "1");
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"net.ipv4.conf.{bridge}.route_localnet cannot be set to 1 ({e.Message}): node ports answer on the node's addresses, but not on 127.0.0.1";
        }
    }

    /// <summary>Removes the bridge, and the pods' host-side interfaces on the bridge.</summary>
    public async Task RemoveAsync(NetworkOptions options, CancellationToken cancellationToken)
    {
        var ports = await host.RunAsync(["ip", "-o", "link", "show", "master", options.BridgeName], null, cancellationToken);
        if (ports.Succeeded)
        {
            foreach (var line in ports.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                // "12: veth1a2b@if3: <BROADCAST,..."
                await DeleteAsync(line.Split(": ")[1].Split('@')[0], cancellationToken);
            }
        }
        await DeleteAsync(options.BridgeName, cancellationToken);
    }

    // As the CNI plug-ins make one from an address.
    private static string HardwareAddress(byte[] ip) => $"0a:58:{ip[0]:x2}:{ip[1]:x2}:{ip[2]:x2}:{ip[3]:x2}";

    private async Task AddAsync(string name, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(["ip", "link", "add", "name", name, "type", "bridge"], null, cancellationToken);
        if (!result.Succeeded && !result.Error.Contains("File exists", StringComparison.Ordinal))
        {
            throw new IOException($"The bridge {name} cannot be created: {result.Error.Trim()}");
        }
    }

    private async Task DeleteAsync(string name, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(["ip", "link", "delete", "dev", name], null, cancellationToken);
        if (!result.Succeeded && !result.Error.Contains("Cannot find device", StringComparison.Ordinal))
        {
            throw new IOException($"The interface {name} cannot be removed: {result.Error.Trim()}");
        }
    }

    private async Task BatchAsync(string commands, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(["ip", "-batch", "-"], commands, cancellationToken);
        if (!result.Succeeded)
        {
            throw new IOException($"The network interfaces cannot be set up: {result.Error.Trim()}");
        }
    }
}
