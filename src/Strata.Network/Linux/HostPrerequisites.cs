namespace Strata.Network.Linux;

/// <summary>Switches on what the pod network needs of the kernel, and says what it cannot switch on.</summary>
internal sealed class HostPrerequisites(IHostCommand host, ISysctl sysctl)
{
    private static readonly string[] Plugins = ["bridge", "host-local", "portmap", "loopback"];
    private static readonly string[] PluginDirectories = ["/opt/cni/bin", "/usr/lib/cni", "/usr/libexec/cni"];

    /// <summary>Whether packets between two pods on one bridge pass nftables (the module br_netfilter).</summary>
    public bool BridgedPacketsAreFiltered => sysctl.Read("net/bridge/bridge-nf-call-iptables") == "1";

    /// <summary>Makes the settings.</summary>
    /// <returns>What is missing and what to do about it; empty when all is well.</returns>
    public async Task<IReadOnlyList<string>> EnsureAsync(CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        Require("net/ipv4/ip_forward", "pods reach nothing outside their own node", problems);
        Require("net/bridge/bridge-nf-call-iptables",
            "the module br_netfilter is not loaded; services still work, but a pod sees the node's address when a pod of the same node calls it through a service",
            problems);
        if (!HasNftProgram && LibNftables.TryLoad() is null)
        {
            problems.Add("neither libnftables.so.1 nor the program nft is installed, so no Service works; install nftables");
        }
        if (Plugins.Where(static plugin => !PluginDirectories.Any(folder => File.Exists(Path.Combine(folder, plugin)))).ToArray() is { Length: > 0 } missing)
        {
            problems.Add($"the CNI plug-ins {string.Join(", ", missing)} are not in {string.Join(", ", PluginDirectories)}; install containernetworking-plugins");
        }
        if (HasNftProgram && await ForwardingIsDroppedAsync(cancellationToken))
        {
            problems.Add("another firewall drops forwarded packets by default (chain FORWARD of table ip filter, usually Docker's); "
                + "allow the pod ranges there, for example: iptables -I FORWARD -s <pod range> -j ACCEPT and the same with -d");
        }
        return problems;
    }

    private static bool HasNftProgram => File.Exists("/usr/sbin/nft") || File.Exists("/sbin/nft");

    private void Require(string setting, string consequence, List<string> problems)
    {
        try
        {
            var value = sysctl.Read(setting);
            if (value is null)
            {
                problems.Add($"the kernel has no setting {setting}: {consequence}");
            }
            else if (value != "1")
            {
                sysctl.Write(setting, "1");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            problems.Add($"{setting} cannot be set to 1 ({e.Message}): {consequence}");
        }
    }

    private async Task<bool> ForwardingIsDroppedAsync(CancellationToken cancellationToken)
    {
        var chain = await host.RunAsync(["nft", "list", "chain", "ip", "filter", "FORWARD"], null, cancellationToken);
        return chain.Succeeded && chain.Output.Contains("policy drop", StringComparison.Ordinal);
    }
}
