using System.Net.Sockets;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Strata.Cri.Client;

/// <summary>One HTTP/2 connection to containerd's unix socket, shared by all of its services. It reconnects by itself.</summary>
internal sealed class CriChannel : IDisposable
{
    // containerd's own limit for one message (its default max_recv_message_size).
    private const int MaxMessageBytes = 16 * 1024 * 1024;

    private readonly GrpcChannel _channel;

    public CriChannel(string endpoint)
    {
        SocketPath = endpoint.StartsWith("unix://", StringComparison.Ordinal) ? endpoint["unix://".Length..] : endpoint;
        Errors = new CriErrorInterceptor(SocketPath);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = ConnectAsync,
            EnableMultipleHttp2Connections = true,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            UseProxy = false,
        };
        _channel = GrpcChannel.ForAddress("http://localhost", new GrpcChannelOptions
        {
            HttpHandler = handler,
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxMessageBytes,
            MaxSendMessageSize = MaxMessageBytes,
        });
        Invoker = _channel.CreateCallInvoker().Intercept(Errors);
    }

    public string SocketPath { get; }

    public CallInvoker Invoker { get; }

    public CriErrorInterceptor Errors { get; }

    public void Dispose() => _channel.Dispose();

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
