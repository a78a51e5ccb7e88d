using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Strata.Network.Dns;

/// <summary>DNS over TCP (RFC 7766): messages after their length, several on a connection, answered in order.</summary>
internal sealed class DnsTcpListener : IDisposable
{
    private const int MaxConnectionCount = 256;
    private static readonly TimeSpan IdleLimit = TimeSpan.FromSeconds(10);

    private readonly Socket _listener;
    private readonly Func<ReadOnlyMemory<byte>, Memory<byte>, CancellationToken, ValueTask<int>> _answer;
    private readonly TimeProvider _clock;

    /// <param name="answer">Writes the answer to a query; 0 closes the connection.</param>
    public DnsTcpListener(IPEndPoint address, Func<ReadOnlyMemory<byte>, Memory<byte>, CancellationToken, ValueTask<int>> answer, TimeProvider clock)
    {
        _answer = answer;
        _clock = clock;
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            _listener.Bind(address);
            _listener.Listen(128);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
    }

    public IPEndPoint LocalEndPoint => (IPEndPoint)_listener.LocalEndPoint!;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.RemoveAll(static t => t.IsCompleted);
                if (open.Count >= MaxConnectionCount)
                {
                    await Task.WhenAny(open); // The kernel's queue holds the next ones; an idle one ends within its limit.
                    continue;
                }
                var client = await _listener.AcceptAsync(cancellationToken);
                open.Add(ServeAsync(client, cancellationToken));
            }
        }
        finally
        {
            await Task.WhenAll(open);
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync(Socket client, CancellationToken cancellationToken)
    {
        using var owned = client;
        await using var stream = new NetworkStream(client);
        var query = new byte[DnsConstants.MaxTcpLength];
        var response = new byte[DnsConstants.MaxTcpLength + 2];
        try
        {
            while (true)
            {
                using var idle = new CancellationTokenSource(IdleLimit, _clock);
                using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
                await stream.ReadExactlyAsync(query.AsMemory(0, 2), either.Token);
                var length = BinaryPrimitives.ReadUInt16BigEndian(query);
                await stream.ReadExactlyAsync(query.AsMemory(0, length), either.Token);
                var answered = await _answer(query.AsMemory(0, length), response.AsMemory(2), cancellationToken);
                if (answered == 0)
                {
                    return;
                }
                BinaryPrimitives.WriteUInt16BigEndian(response, (ushort)answered);
                await stream.WriteAsync(response.AsMemory(0, answered + 2), either.Token);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
        {
            // The client hung up, was idle too long, or the server stops: the connection ends either way.
        }
    }
}
