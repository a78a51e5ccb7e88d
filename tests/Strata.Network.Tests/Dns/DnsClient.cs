using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Strata.Network.Dns;
using Strata.Network.Tests.Linux;

namespace Strata.Network.Tests.Dns;

/// <summary>A tiny resolver: builds questions and reads answers, written apart from the server's code.</summary>
internal static class DnsClient
{
    public static byte[] Question(string name, ushort type, int? edns = null, byte version = 0)
    {
        var message = new List<byte> { 0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, (byte)(edns is null ? 0 : 1) };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            message.Add((byte)label.Length);
            message.AddRange(label.Select(static c => (byte)c));
        }
        message.AddRange([0, (byte)(type >> 8), (byte)type, 0, 1]);
        if (edns is { } length)
        {
            message.AddRange([0, 0, 41, (byte)(length >> 8), (byte)length, 0, version, 0, 0, 0, 0]);
        }
        return [.. message];
    }

    public static Answer Read(ReadOnlySpan<byte> message)
    {
        var at = 12;
        ReadName(message, ref at);
        at += 4;
        var counts = new int[3];
        for (var i = 0; i < 3; i++)
        {
            counts[i] = BinaryPrimitives.ReadUInt16BigEndian(message[(6 + (2 * i))..]);
        }
        var sections = new List<List<string>>();
        foreach (var count in counts)
        {
            var records = new List<string>();
            for (var i = 0; i < count; i++)
            {
                records.Add(ReadRecord(message, ref at));
            }
            sections.Add(records);
        }
        Assert.Equal(message.Length, at);
        return new Answer(message[3] & 15, (message[2] & 4) != 0, (message[2] & 2) != 0, sections[0], sections[1], sections[2]);
    }

    public static async Task<Answer> AskAsync(IPEndPoint server, string name, ushort type, bool tcp = false, int? edns = null, NetNamespace? from = null)
    {
        var query = Question(name, type, edns);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        using var socket = from is null ? Open() : from.Run(Open);
        await socket.ConnectAsync(server, limit.Token);
        var buffer = new byte[65537];
        if (!tcp)
        {
            await socket.SendAsync(query, limit.Token);
            return Read(buffer.AsSpan(0, await socket.ReceiveAsync(buffer, limit.Token)));
        }
        await socket.SendAsync((byte[])[(byte)(query.Length >> 8), (byte)query.Length, .. query], limit.Token);
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), limit.Token);
        var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        await stream.ReadExactlyAsync(buffer.AsMemory(0, length), limit.Token);
        return Read(buffer.AsSpan(0, length));

        Socket Open() => new(AddressFamily.InterNetwork, tcp ? SocketType.Stream : SocketType.Dgram, tcp ? ProtocolType.Tcp : ProtocolType.Udp);
    }

    private static string ReadRecord(ReadOnlySpan<byte> message, ref int at)
    {
        var name = ReadName(message, ref at);
        var type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        var length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        var data = message.Slice(at + 10, length);
        var inside = at + 10;
        at += 10 + length;
        return type switch
        {
            DnsConstants.TypeA or DnsConstants.TypeAaaa => $"{name} {new IPAddress(data)}",
            DnsConstants.TypeCname or DnsConstants.TypePtr or DnsConstants.TypeNs => $"{name} {ReadName(message, ref inside)}",
            DnsConstants.TypeSrv => Srv(message, name, inside),
            DnsConstants.TypeSoa => $"{name} SOA",
            DnsConstants.TypeOpt => "OPT",
            _ => $"{name} {System.Text.Encoding.ASCII.GetString(data[1..])}",
        };
    }

    private static string Srv(ReadOnlySpan<byte> message, string name, int at)
    {
        var weight = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        var port = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 4)..]);
        at += 6;
        return $"{name} {weight} {port} {ReadName(message, ref at)}";
    }

    private static string ReadName(ReadOnlySpan<byte> message, ref int at)
    {
        var labels = new List<string>();
        var next = -1;
        for (var position = at; ;)
        {
            var length = message[position];
            if (length >= 0xc0)
            {
                next = next < 0 ? position + 2 : next;
                position = ((length & 0x3f) << 8) | message[position + 1];
                continue;
            }
            position++;
            if (length == 0)
            {
                at = next < 0 ? position : next;
                return string.Join('.', labels);
            }
            labels.Add(System.Text.Encoding.ASCII.GetString(message.Slice(position, length)));
            position += length;
        }
    }
}
