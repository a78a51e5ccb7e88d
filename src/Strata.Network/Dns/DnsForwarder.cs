using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Strata.Network.Dns;

/// <summary>Asks upstream servers what the cluster does not know.</summary>
internal sealed partial class DnsForwarder(Func<DnsUpstream[]> servers, TimeProvider clock, ILogger<DnsForwarder> logger)
{
    // Clients ask again after 5 s (resolv.conf(5)), so two servers must have had their chance before.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Asks one server after the other.</summary>
    /// <param name="query">A whole message; its id is replaced on the way and put back into the answer.</param>
    /// <returns>The answer's length in <paramref name="response"/>; 0 when no server gave one.</returns>
    public async ValueTask<int> AskAsync(ReadOnlyMemory<byte> query, Memory<byte> response, bool tcp, CancellationToken cancellationToken)
    {
        foreach (var upstream in servers())
        {
            if (!upstream.IsUsable)
            {
                continue;
            }
            using var patience = new CancellationTokenSource(Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
            try
            {
                // A fresh socket means a fresh source port, and the id is unpredictable: both make forged answers hard (RFC 5452).
                var id = (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
                var length = tcp
                    ? await AskTcpAsync(upstream, id, query, response, either.Token)
                    : await AskUdpAsync(upstream, id, query, response, either.Token);
                query.Span[..2].CopyTo(response.Span);
                upstream.Answered();
                return length;
            }
            catch (Exception e) when (e is SocketException or EndOfStreamException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                upstream.Failed();
                LogNoAnswer(upstream.Server.ToString(), e is OperationCanceledException ? "no answer in time" : e.Message);
            }
        }
        return 0;
    }

    private static async Task<int> AskUdpAsync(
        DnsUpstream upstream, ushort id, ReadOnlyMemory<byte> query, Memory<byte> response, CancellationToken cancellationToken)
    {
        using var socket = new Socket(upstream.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(upstream.Server, cancellationToken); // Connected: answers from elsewhere never arrive.
        await socket.SendAsync(WithId(query, id), cancellationToken);
        while (true)
        {
            var length = await socket.ReceiveAsync(response, cancellationToken);
            if (IsAnswer(query.Span, response.Span[..length], id))
            {
                return length;
            }
        }
    }

    private static async Task<int> AskTcpAsync(
        DnsUpstream upstream, ushort id, ReadOnlyMemory<byte> query, Memory<byte> response, CancellationToken cancellationToken)
    {
        using var socket = new Socket(upstream.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(upstream.Server, cancellationToken);
        var framed = new byte[query.Length + 2];
        BinaryPrimitives.WriteUInt16BigEndian(framed, (ushort)query.Length);
        WithId(query, id).CopyTo(framed.AsMemory(2));
        await socket.SendAsync(framed, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(response[..2], cancellationToken);
        var length = BinaryPrimitives.ReadUInt16BigEndian(response.Span);
        await stream.ReadExactlyAsync(response[..length], cancellationToken);
        return IsAnswer(query.Span, response.Span[..length], id) ? length : throw new EndOfStreamException("it answered another question");
    }

    private static byte[] WithId(ReadOnlyMemory<byte> query, ushort id)
    {
        var copy = query.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(copy, id);
        return copy;
    }

    private static bool IsAnswer(ReadOnlySpan<byte> query, ReadOnlySpan<byte> response, ushort id)
    {
        if (response.Length < DnsConstants.HeaderLength || BinaryPrimitives.ReadUInt16BigEndian(response) != id || (response[2] & 0x80) == 0)
        {
            return false;
        }
        if (!DnsQuestion.TryRead(query, out var asked) || !DnsQuestion.TryRead(response, out var answered))
        {
            return (response[3] & 0x0f) != 0; // Some servers leave the question out of an error.
        }
        Span<byte> a = stackalloc byte[asked.Name.Length];
        Span<byte> b = stackalloc byte[answered.Name.Length];
        DnsName.Lower(asked.Name, a);
        DnsName.Lower(answered.Name, b);
        return asked.Type == answered.Type && a.SequenceEqual(b);
    }

    [LoggerMessage(EventIds.DnsUpstreamFailed, LogLevel.Debug, "DNS server {Server} gave no answer: {Reason}")]
    private partial void LogNoAnswer(string server, string reason);
}
