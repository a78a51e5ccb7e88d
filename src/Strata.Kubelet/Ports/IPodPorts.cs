namespace Strata.Kubelet.Ports;

/// <summary>The ports of one pod. Any number of connections at the same time.</summary>
public interface IPodPorts
{
    /// <summary>Carries one connection until both of its directions have ended.</summary>
    /// <returns>What went wrong, for the client; null when nothing did.</returns>
    /// <exception cref="IOException">The client has gone.</exception>
    Task<string?> ForwardAsync(int port, Stream connection, CancellationToken cancellationToken);
}
