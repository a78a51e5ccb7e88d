using Strata.Api.Models;
using Strata.Pods.Network;

namespace Strata.Pods.Tests.Network;

public sealed class PodNetworkTests
{
    private static readonly Runtime.DnsSettings Host = PodDns.Parse("# comment\nnameserver 8.8.8.8\nsearch example.com .\noptions timeout:2 rotate\n");

    [Fact]
    public void Cluster_first_asks_the_cluster_and_searches_the_namespace()
    {
        var dns = PodDns.Resolve(Given.Pod(Given.Container()), Host, "10.96.0.10", "cluster.local").Settings;
        Assert.Equal(["10.96.0.10"], dns.Servers);
        Assert.Equal(["shop.svc.cluster.local", "svc.cluster.local", "cluster.local", "example.com"], dns.Searches);
        Assert.Equal(["ndots:5"], dns.Options);
    }

    [Fact]
    public void A_pod_on_the_host_network_uses_the_hosts_names_unless_it_says_otherwise()
    {
        var pod = Given.Pod(Given.Container()).WithSpec(spec => spec with { HostNetwork = true });
        Assert.Equal(["8.8.8.8"], PodDns.Resolve(pod, Host, "10.96.0.10", "cluster.local").Settings.Servers);
        Assert.Equal(["10.96.0.10"], PodDns.Resolve(pod.WithSpec(spec => spec with { DnsPolicy = "ClusterFirstWithHostNet" }), Host, "10.96.0.10", "cluster.local").Settings.Servers);
    }

    [Fact]
    public void Own_settings_are_merged_and_what_is_too_much_is_dropped_and_said()
    {
        var pod = Given.Pod(Given.Container()).WithSpec(spec => spec with
        {
            DnsConfig = new PodDNSConfig
            {
                Nameservers = ["1.1.1.1", "2.2.2.2", "3.3.3.3"],
                Searches = ["more.test"],
                Options = [new PodDNSConfigOption { Name = "ndots", Value = "2" }, new PodDNSConfigOption { Name = "edns0" }],
            },
        });
        var result = PodDns.Resolve(pod, Host, "10.96.0.10", "cluster.local");
        Assert.Equal(["10.96.0.10", "1.1.1.1", "2.2.2.2"], result.Settings.Servers);
        Assert.Equal(["ndots:2", "edns0"], result.Settings.Options);
        Assert.Contains("Nameserver limits were exceeded", Assert.Single(result.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_hosts_file_has_the_pod_its_full_name_and_aliases()
    {
        var pod = Given.Pod(Given.Container()).WithSpec(spec => spec with { Hostname = "h", Subdomain = "sub", HostAliases = [new HostAlias { Ip = "1.2.3.4", Hostnames = ["x", "y"] }] });
        var text = HostsFile.ForPod(pod, ["10.1.0.5"], "cluster.local");
        Assert.StartsWith("# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n", text, StringComparison.Ordinal);
        Assert.Contains("\n10.1.0.5\th.sub.shop.svc.cluster.local\th\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\n# Entries added by HostAliases.\n1.2.3.4\tx\ty\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_pod_name_is_cut_for_the_host_name()
    {
        var pod = Given.Pod(Given.Container()) with { Metadata = new ObjectMeta { Name = new string('a', 62) + "-b", Namespace = "shop" } };
        Assert.Equal(new string('a', 62), PodHostname.Short(pod));
    }
}
