using System.Net;
using System.Security.Cryptography.X509Certificates;
using Strata.Client;

namespace Strata.Kubelet;

/// <summary>Where a kubelet's server listens and whom it lets in.</summary>
public sealed record KubeletServerOptions
{
    /// <summary>Name of the Node object, on which callers need permissions.</summary>
    public required string NodeName { get; init; }

    /// <summary>Port 0 takes a free one, see <see cref="KubeletServer.Port"/>.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Certificate of the server with its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }

    /// <summary>Authorities whose client certificates are trusted to name their holder.</summary>
    public required X509Certificate2Collection ClientAuthorities { get; init; }

    /// <summary>Common names or organizations that may do everything without being asked for. Others are put to the API server as a SubjectAccessReview.</summary>
    public IReadOnlyList<string> Callers { get; init; } = ["system:masters"];

    /// <summary>The API, which is asked about callers.</summary>
    public required IKubeClient Client { get; init; }
}
