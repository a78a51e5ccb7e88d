using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Strata.Client.Http;
using Strata.ContainerInstances;
using Strata.ContainerInstances.Security;
using Strata.ContainerInstances.Sessions;
using Strata.Host.Clusters;
using Strata.Hosting.Certificates;

namespace Strata.Host.Parts;

/// <summary>The container-instances service of this process.</summary>
internal static class InstancesPart
{
    /// <summary>vCPUs that the hidden host offers. More than the machine has: requests of instances rarely add up to use, and the quota is the limit that users see.</summary>
    public const int HostCpus = 100;

    public static string NewToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n";

    public static Task<ContainerInstancesServer> StartAsync(
        ClusterSettings settings, ClusterPaths paths, ClusterState state, CertificateAuthority authority, ControlPlane core, string token,
        TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        var listen = IPAddress.Parse(settings.ListenAddress);
        var certificate = authority.OpenOrIssue("arm", CertificateRequestInfo.Server("strata-arm", ["localhost"], [IPAddress.Loopback, listen]));
        var options = new ContainerInstancesOptions
        {
            Listen = new IPEndPoint(listen, state.ArmPort),
            Certificate = certificate.ToCertificate(),
            DataDirectory = Path.Combine(paths.Instances, "service"),
            Tokens = StaticTokenValidator.FromLines([token]),
            Core = core.ClientOf("strata-instances", "system:masters"),
            Streams = new KubeContainerStreams(core.Endpoint, StreamHandler(core)),
            SubscriptionId = ClusterRuntime.SubscriptionId,
            Limits = new InstanceLimits { Location = ClusterRuntime.Location },
            Random = random,
        };
        return ContainerInstancesServer.StartAsync(options, clock, loggers, cancellationToken);
    }

    // Exec and attach are streams over the core's HTTPS: calls within the process carry objects only.
    private static SocketsHttpHandler StreamHandler(ControlPlane core)
    {
        var identity = core.Authority.OpenOrIssue("instances", CertificateRequestInfo.Client("strata-instances", "system:masters"));
        return new KubeConfig(core.Endpoint, core.Authority.CertificatePem, identity.CertificatePem, identity.KeyPem, null).CreateHandler();
    }
}
