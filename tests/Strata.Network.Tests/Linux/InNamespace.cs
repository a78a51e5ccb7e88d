using Strata.Network.Linux;
using Strata.Network.ServiceProxy;

namespace Strata.Network.Tests.Linux;

/// <summary>The product's view of the kernel, from inside a test's namespace.</summary>
internal sealed class InNamespace(NetNamespace ns) : INftables, ISysctl, IUdpFlows
{
    public int ApplyCount { get; private set; }

    public Task ApplyAsync(string commands, CancellationToken cancellationToken)
    {
        ApplyCount++;
        var nftables = LibNftables.TryLoad() ?? throw new InvalidOperationException("libnftables is not installed");
        return ns.Run(() => nftables.ApplyAsync(commands, cancellationToken));
    }

    public string? Read(string path) => ns.Run(() => new ProcSysctl().Read(path));

    public void Write(string path, string value) => ns.Run(() =>
    {
        new ProcSysctl().Write(path, value);
        return true;
    });

    public int Forget(Func<UdpFlow, bool> isStale) => ns.Run(() => new NetlinkConntrack().Forget(isStale));
}
