using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Network;

/// <summary>The resolv.conf of a pod. Pure. Source: kubelet/network/dns (behaviour).</summary>
public static class PodDns
{
    private const int MaxServers = 3;
    private const int MaxSearches = 32;
    private const int MaxSearchCharacters = 2048;

    /// <param name="host">What the node itself uses.</param>
    /// <param name="clusterDns">Address of the cluster's DNS; null when there is none.</param>
    /// <param name="clusterDomain">For example <c>cluster.local</c>.</param>
    public static PodDnsResult Resolve(Pod pod, DnsSettings host, string? clusterDns, string clusterDomain)
    {
        var basis = Base(pod, host, clusterDns, clusterDomain);
        var extra = pod.Spec.DnsConfig;
        IEnumerable<string> servers = basis.Servers;
        IEnumerable<string> searches = basis.Searches;
        var options = basis.Options;
        if (extra is not null)
        {
            servers = servers.Concat(extra.Nameservers).Distinct();
            searches = searches.Concat(extra.Searches).Distinct();
            options = MergeOptions(options, extra.Options);
        }

        return Fit(pod, [.. servers], [.. searches], options);
    }

    /// <summary>Reads the lines of a resolv.conf.</summary>
    public static DnsSettings Parse(string resolvConf)
    {
        var servers = new List<string>();
        IReadOnlyList<string> searches = [];
        IReadOnlyList<string> options = [];
        foreach (var line in resolvConf.Split('\n'))
        {
            var words = line.Split((char[])[' ', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries);
            switch (words.FirstOrDefault())
            {
                case "nameserver" when words.Length > 1:
                    servers.Add(words[1]);
                    break;
                case "search":
                    searches = [.. words.Skip(1).Where(search => search != ".")];
                    break;
                case "options":
                    options = words[1..];
                    break;
            }
        }

        return new DnsSettings(servers, searches, options);
    }

    private static DnsSettings Base(Pod pod, DnsSettings host, string? clusterDns, string clusterDomain)
    {
        var policy = pod.Spec.DnsPolicy.Length == 0 ? "ClusterFirst" : pod.Spec.DnsPolicy;
        if (policy == "None")
        {
            return new DnsSettings([], [], []);
        }

        var isCluster = policy == "ClusterFirstWithHostNet" || (policy == "ClusterFirst" && !pod.Spec.HostNetwork);
        if (!isCluster || clusterDns is null)
        {
            return host;
        }

        string[] searches = [$"{pod.Metadata.Namespace}.svc.{clusterDomain}", $"svc.{clusterDomain}", clusterDomain, .. host.Searches];
        return new DnsSettings([clusterDns], [.. searches.Distinct()], ["ndots:5"]);
    }

    private static IReadOnlyList<string> MergeOptions(IReadOnlyList<string> basis, IReadOnlyList<PodDNSConfigOption> extra)
    {
        var merged = new List<string>(basis);
        foreach (var option in extra)
        {
            merged.RemoveAll(known => known == option.Name || known.StartsWith(option.Name + ":", StringComparison.Ordinal));
            merged.Add(option.Value is { Length: > 0 } value ? $"{option.Name}:{value}" : option.Name);
        }

        return merged;
    }

    private static PodDnsResult Fit(Pod pod, List<string> servers, List<string> searches, IReadOnlyList<string> options)
    {
        var problems = new List<string>();
        if (servers.Count > MaxServers)
        {
            servers.RemoveRange(MaxServers, servers.Count - MaxServers);
            problems.Add($"Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: {string.Join(' ', servers)}");
        }

        var dropped = false;
        while (searches.Count > MaxSearches || string.Join(' ', searches).Length > MaxSearchCharacters)
        {
            searches.RemoveAt(searches.Count - 1);
            dropped = true;
        }

        if (dropped)
        {
            problems.Add($"Search Line limits were exceeded, some search paths have been omitted, the applied search line is: {string.Join(' ', searches)}");
        }

        return new PodDnsResult(new DnsSettings(servers, searches, options), problems);
    }
}
