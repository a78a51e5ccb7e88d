using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The ports of one pod.</summary>
internal sealed class PodPorts(IContainerRuntime runtime, string sandboxId, string podName, string podUid)
{
    /// <summary>Carries one connection to its end.</summary>
    /// <returns>What went wrong, for the client; null when nothing did.</returns>
    /// <exception cref="IOException">The client has gone.</exception>
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
