using Microsoft.Extensions.Logging;
using Strata.Host.Clusters;
using Strata.Hosting.Certificates;

namespace Strata.Host.Parts;

internal sealed class VirtualNodePart : IAsyncDisposable
{
    public string NodeName => "none";

    public static Task<VirtualNodePart> StartAsync(
        ClusterPaths paths, ClusterState state, CertificateAuthority authority, ControlPlane plane, TimeProvider clock, Random random, ILoggerFactory loggers, CancellationToken cancellationToken) => Task.FromResult(new VirtualNodePart());

    public ValueTask DisposeAsync() => default;
}
