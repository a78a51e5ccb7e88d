using Strata.Network.Dns;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Linux;

/// <summary>The host as the network uses it.</summary>
/// <param name="Open">Opens the DNS server's sockets on that host.</param>
internal sealed record HostKernel(
    IHostCommand Commands, ISysctl Sysctl, INftables Nftables, IUdpFlows UdpFlows, Func<Func<DnsServer>, DnsServer> Open)
{
    /// <summary>The host this process runs on.</summary>
    public static HostKernel Own(TimeProvider clock)
    {
        var commands = new HostCommand(clock);
        // The library saves a process for each change; the program does the same where only it is installed.
        var nftables = (INftables?)LibNftables.TryLoad() ?? new NftCommand(commands);
        return new HostKernel(commands, new ProcSysctl(), nftables, new NetlinkConntrack(), static open => open());
    }
}
