using Strata.Kubelet.Ports;
using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The ports of one pod, reached through its sandbox.</summary>
internal sealed class PodPorts(IContainerRuntime runtime, string sandboxId, string podName, string podUid) : IPodPorts
{
    public async Task<string?> ForwardAsync(int port, Stream connection, CancellationToken cancellationToken)
    {
        try
        {
            await runtime.PortForwardAsync(sandboxId, port, connection, cancellationToken);
            return null;
        }
        catch (RuntimeException error)
        {
            return error.Message.StartsWith("error forwarding port", StringComparison.Ordinal)
                ? error.Message
                : $"error forwarding port {port} to pod {podName}, uid {podUid}: {error.Message}";
        }
    }
}
