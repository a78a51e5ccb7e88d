using System.Net;
using Microsoft.Extensions.Logging;
using Strata.Host.Clusters;
using Strata.Hosting.Certificates;
using Strata.VirtualNode;
using Strata.VirtualNode.Providers.Arm;
using Strata.VirtualNode.Resolution;

namespace Strata.Host.Parts;

/// <summary>The virtual node of this process: it joins the cluster's API server and reaches the container-instances service over HTTPS, as it would from elsewhere.</summary>
internal static class VirtualNodePart
{
    public const string NodeName = "strata-virtual";

    public static Task<VirtualNodeAgent> StartAsync(
        ClusterPaths paths, ClusterState state, CertificateAuthority authority, ControlPlane plane, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var certificate = authority.OpenOrIssue(
            $"node-{NodeName}", CertificateRequestInfo.Server($"system:node:{NodeName}", [NodeName, "localhost"], [state.NodeAddress]));
        var options = new VirtualNodeOptions
        {
            NodeName = NodeName,
            Client = plane.ClientOf("system:virtual-kubelet"),
            Arm = new ArmProviderOptions
            {
                Client = ClusterRuntime.ArmClientOptionsOf(paths, state),
                SubscriptionId = ClusterRuntime.SubscriptionId,
                ResourceGroup = ClusterRuntime.ResourceGroup,
                Location = ClusterRuntime.Location,
            },
            Network = new PodNetworkOptions(state.DnsAddress.ToString(), ClusterRuntime.ClusterDomain),
            Address = state.NodeAddress,
            Listen = new IPEndPoint(state.NodeAddress, state.VirtualNodePort),
            Certificate = certificate.ToCertificate(),
            ClientRoots = authority.Roots(),
        };
        return VirtualNodeAgent.StartAsync(options, clock, random, loggers, cancellationToken);
    }
}
