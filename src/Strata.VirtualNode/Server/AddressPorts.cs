using System.Net.Sockets;
using Strata.Hosting.Network;
using Strata.Kubelet.Ports;

namespace Strata.VirtualNode.Server;

/// <summary>The ports of a pod that is reached by its address.</summary>
internal sealed class AddressPorts(string address, string podName, string podUid, TimeProvider clock) : IPodPorts
{
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(10);

    public async Task<string?> ForwardAsync(int port, Stream connection, CancellationToken cancellationToken)
    {
        using var target = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var patience = new CancellationTokenSource(ConnectPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            DeadPeers.Detect(target);
            await target.ConnectAsync(address, port, either.Token);
        }
        catch (SocketException error)
        {
            return Problem(port, error.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Problem(port, $"no connection within {ConnectPatience.TotalSeconds} s");
        }

        // One for both directions, made before either begins: a socket whose sending side is shut counts as not connected and gets no stream.
        await using var stream = new NetworkStream(target, ownsSocket: false);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = SendAsync(connection, stream, ended.Token);
        try
        {
            await stream.CopyToAsync(connection, cancellationToken);
            return null;
        }
        catch (IOException error) when (error.InnerException is SocketException broken)
        {
            return Problem(port, broken.Message);
        }
        finally
        {
            await ended.CancelAsync(); // The pod has said its last word: there is nobody to send to.
            await sending;
        }
    }

    private static async Task SendAsync(Stream connection, NetworkStream target, CancellationToken cancellationToken)
    {
        try
        {
            await connection.CopyToAsync(target, cancellationToken);
            target.Socket.Shutdown(SocketShutdown.Send); // The client has ended its side; what the pod still answers is waited for.
        }
        catch (Exception gone) when (gone is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            return; // One side is gone; the other direction reports it.
        }
    }

    private string Problem(int port, string why) => $"error forwarding port {port} to pod {podName}, uid {podUid}: {address}: {why}";
}
