using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Client;
using Strata.ContainerInstances.Metering;
using Strata.ContainerInstances.Provisioning;
using Strata.ContainerInstances.Security;
using Strata.ContainerInstances.Sessions;

namespace Strata.ContainerInstances;

public sealed record ContainerInstancesOptions
{
    /// <summary>Where the ARM API listens. Port 0 takes a free one, see <see cref="ContainerInstancesServer.Endpoint"/>.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, 7443);

    /// <summary>Server certificate with its private key. Clients need SANs for the names they use, at least <c>localhost</c> and <c>127.0.0.1</c>.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Folder of the database. It holds secrets and is readable by its owner only.</summary>
    public required string DataDirectory { get; init; }

    public required ITokenValidator Tokens { get; init; }

    /// <summary>The Kubernetes API whose pods run the groups.</summary>
    public required IKubeClient Core { get; init; }

    /// <summary>Opens exec and attach streams in the core; null refuses both with a clear error.</summary>
    public IContainerStreams? Streams { get; init; }

    /// <summary>Namespace of the core for all groups; made if missing.</summary>
    public string CoreNamespace { get; init; } = "container-instances";

    /// <summary>The one subscription this service answers for.</summary>
    public string SubscriptionId { get; init; } = "00000000-0000-0000-0000-000000000001";

    public string TenantId { get; init; } = "00000000-0000-0000-0000-000000000002";

    public InstanceLimits Limits { get; init; } = new();

    public PriceSheet Prices { get; init; } = new();

    public ProvisioningPolicy Provisioning { get; init; } = new();

    /// <summary>How long a stop call waits for the containers to end before it answers. The stop goes on in any case.</summary>
    public TimeSpan StopWait { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Source of ids. The default is seeded by the system.</summary>
    public Random Random { get; init; } = new();
}
