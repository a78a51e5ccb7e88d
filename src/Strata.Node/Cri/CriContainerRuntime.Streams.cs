using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Cri;

public sealed partial class CriContainerRuntime
{
    public Task<int> ExecAsync(string containerId, IReadOnlyList<string> command, StreamSet streams, CancellationToken cancellationToken) =>
        throw new RuntimeException(RuntimeFailure.NotSupported, "streams are not supported");

    public Task AttachAsync(string containerId, StreamSet streams, CancellationToken cancellationToken) =>
        throw new RuntimeException(RuntimeFailure.NotSupported, "streams are not supported");

    public Task PortForwardAsync(string sandboxId, int port, Stream connection, CancellationToken cancellationToken) =>
        throw new RuntimeException(RuntimeFailure.NotSupported, "streams are not supported");
}
