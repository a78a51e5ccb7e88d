using System.Net;
using Microsoft.Extensions.Logging;
using Strata.Api.Models;
using Strata.Client.Informers;
using Strata.Cri;
using Strata.Host.Clusters;
using Strata.Hosting.Certificates;
using Strata.NodeAgent;
using Strata.NodeAgent.Cri;
using IPAddress = System.Net.IPAddress;

namespace Strata.Host.Parts;

/// <summary>A node agent with its view of the API.</summary>
internal sealed class NodePart : IAsyncDisposable
{
    private readonly InformerSet _informers;
    private readonly NodeAgentService _agent;

    private NodePart(InformerSet informers, NodeAgentService agent)
    {
        _informers = informers;
        _agent = agent;
    }

    public static async Task<NodePart> StartAsync(
        NodePartOptions options, ControlPlane plane, CertificateAuthority authority, CriClient cri, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var client = plane.ClientOf($"system:node:{options.NodeName}", "system:nodes");
        var informers = new InformerSet(client, clock, loggers);
        informers.Start();
        var certificate = authority.OpenOrIssue(
            $"node-{options.NodeName}", CertificateRequestInfo.Server($"system:node:{options.NodeName}", [options.NodeName, "localhost"], [options.Address, IPAddress.Loopback]));
        var agentOptions = new NodeAgentOptions
        {
            NodeName = options.NodeName,
            DataDirectory = options.DataDirectory,
            NodeIPs = [options.Address.ToString()],
            PodCidr = options.PodCidr,
            ClusterDns = options.DnsAddress,
            ClusterDomain = ClusterRuntime.ClusterDomain,
            CgroupRoot = options.CgroupRoot,
            Listen = new IPEndPoint(options.Address, options.Port),
            ServerCertificate = certificate.ToCertificate(),
            ClientAuthorities = authority.Roots(),
            Capacity = options.Cpus is { } cpus ? new Dictionary<string, Quantity> { ["cpu"] = Quantity.FromValue(cpus) } : new Dictionary<string, Quantity>(),
            Version = ControlPlane.KubernetesVersion,
        };
        var agent = new NodeAgentService(agentOptions, client, informers, new CriContainerRuntime(cri, options.AgentId), clock, random, loggers);
        await agent.StartAsync(cancellationToken);
        return new NodePart(informers, agent);
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        await _informers.DisposeAsync();
    }
}
