using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Strata.Hosting.Network;

/// <summary>Notices peers that vanished without a word: a stream that is silent for long must not wait for a machine that is gone. Times as Go's, so as upstream's.</summary>
public static class DeadPeers
{
    private const int IdleSeconds = 15;
    private const int IntervalSeconds = 15;
    private const int Probes = 3;

    /// <summary>A connection over this socket breaks about a minute after the other side has gone.</summary>
    public static void Detect(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, IdleSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, IntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Probes);
    }

    /// <summary>The same for every connection that a listener accepts, which has its socket's options.</summary>
    public static void Detect(SocketTransportOptions listener) => listener.CreateBoundListenSocket = static endpoint => Bind(endpoint);

    private static Socket Bind(EndPoint endpoint)
    {
        var socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        Detect(socket);
        return socket;
    }
}
