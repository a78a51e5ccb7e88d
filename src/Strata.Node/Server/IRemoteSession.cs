using Strata.Pods.Runtime;

namespace Strata.NodeAgent.Server;

/// <summary>The client's end of an exec or attach, whatever it speaks.</summary>
internal interface IRemoteSession : IAsyncDisposable
{
    /// <summary>What the client reads and writes.</summary>
    StreamSet Streams { get; }

    /// <summary>Cancelled when the client leaves.</summary>
    CancellationToken ClientLeft { get; }

    /// <summary>Tells how it ended and closes.</summary>
    Task FinishAsync(RemoteStatus status, CancellationToken cancellationToken);
}
