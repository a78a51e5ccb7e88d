using Strata.Pods.Runtime;

namespace Strata.Kubelet.Commands;

/// <summary>The client's end of an exec or attach, whatever protocol it speaks. Disposing it drops the connection.</summary>
internal interface IRemoteSession : IAsyncDisposable
{
    StreamSet Streams { get; }

    /// <summary>Ends when the client has left.</summary>
    CancellationToken Disconnected { get; }

    /// <summary>Tells how it ended and closes. All output must have been written.</summary>
    /// <exception cref="IOException">The connection broke.</exception>
    Task FinishAsync(CommandEnd end, CancellationToken cancellationToken);
}
