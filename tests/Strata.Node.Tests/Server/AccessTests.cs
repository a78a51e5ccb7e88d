using System.Net;
using Strata.Api.Models;
using Strata.Hosting.Certificates;

namespace Strata.NodeAgent.Tests.Server;

/// <summary>Who may call the node server, and what it tells about the node.</summary>
public sealed class AccessTests
{
    [Fact]
    public async Task Without_a_certificate_only_health_is_told()
    {
        await using var node = await ServedNode.StartAsync();
        using var client = ServedNode.Client(null);

        Assert.Equal(HttpStatusCode.Unauthorized, (await node.GetAsync("/pods", client)).Status);
        Assert.Equal((HttpStatusCode.OK, "ok"), await node.GetAsync("/healthz", client));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        await using var node = await ServedNode.StartAsync();
        var folder = Directory.CreateTempSubdirectory("strata-node-ca-").FullName;
        try
        {
            using var stranger = CertificateAuthority.Open(folder, "other-ca", TimeProvider.System).Issue(CertificateRequestInfo.Client("system:apiserver", "system:masters")).ToCertificate();
            using var client = ServedNode.Client(stranger);

            Assert.Equal(HttpStatusCode.Unauthorized, (await node.GetAsync("/pods", client)).Status);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_user_that_the_api_server_does_not_allow_is_refused()
    {
        await using var node = await ServedNode.StartAsync();
        using var certificate = node.Issue("jane", "developers");
        using var client = ServedNode.Client(certificate);

        Assert.Equal((HttpStatusCode.Forbidden, "Forbidden (user=jane, verb=get, resource=nodes, subresource=proxy)\n"), await node.GetAsync("/pods", client));
    }

    [Fact]
    public async Task The_node_object_names_the_servers_port()
    {
        await using var node = await ServedNode.StartAsync();

        Assert.NotEqual(0, node.Port);
        Assert.Equal(node.Port, Assert.Single(node.Node.Api.All<Node>()).Status.DaemonEndpoints.KubeletEndpoint.Port);
    }

    [Fact]
    public async Task Pods_are_listed_with_their_newest_status()
    {
        await using var node = await ServedNode.StartAsync();

        var all = System.Text.Json.Nodes.JsonNode.Parse((await node.GetAsync("/pods")).Body)!;
        Assert.Equal("PodList", (string?)all["kind"]);
        Assert.Equal("Running", (string?)all["items"]![0]!["status"]!["phase"]);
        Assert.Contains("\"name\":\"main\"", (await node.GetAsync("/runningpods/")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Use_of_cpu_and_memory_is_told()
    {
        await using var node = await ServedNode.StartAsync();

        var summary = System.Text.Json.Nodes.JsonNode.Parse((await node.GetAsync("/stats/summary")).Body)!;
        Assert.Equal("n1", (string?)summary["node"]!["nodeName"]);
        Assert.Equal(1_500_000_000, (long?)summary["pods"]![0]!["containers"]![0]!["cpu"]!["usageCoreNanoSeconds"]);
        Assert.Equal(4096, (long?)summary["pods"]![0]!["memory"]!["workingSetBytes"]);
        var metrics = (await node.GetAsync("/metrics/resource")).Body;
        Assert.Contains("container_cpu_usage_seconds_total{container=\"main\",namespace=\"default\",pod=\"web\"} 1.5 100000\n", metrics, StringComparison.Ordinal);
        Assert.Contains("pod_memory_working_set_bytes{namespace=\"default\",pod=\"web\"} 4096 100000\n", metrics, StringComparison.Ordinal);
        Assert.Contains("\nresource_scrape_error 0\n", metrics, StringComparison.Ordinal);
    }
}
