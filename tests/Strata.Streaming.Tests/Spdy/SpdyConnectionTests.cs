using System.Net;
using System.Net.Sockets;
using System.Text;
using Strata.Streaming.Spdy;

namespace Strata.Streaming.Tests.Spdy;

public sealed class SpdyConnectionTests
{
    private static readonly Dictionary<string, string> SomeHeaders = new() { ["streamtype"] = "stdin", ["Port"] = "80" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Streams_open_carry_headers_and_close_each_direction_on_its_own()
    {
        await using var pair = await PairAsync(new SpdyOptions());
        var mine = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
        await mine.WriteAsync("hello"u8.ToArray(), Token); // Before the answer.
        var theirs = await pair.Server.Incoming.ReadAsync(Token);
        Assert.Equal("stdin", theirs.Headers["streamType"]);
        Assert.Equal("80", theirs.Headers["port"]);
        Assert.False(mine.Opened.IsCompleted);
        await theirs.AcceptAsync(Token);
        await mine.Opened.WaitAsync(Token);

        await mine.CloseWriteAsync(Token);
        Assert.Equal("hello", await ReadAllAsync(theirs));
        await theirs.WriteAsync("still here"u8.ToArray(), Token);
        await theirs.CloseWriteAsync(Token);
        Assert.Equal("still here", await ReadAllAsync(mine));
        await Assert.ThrowsAsync<SpdyException>(() => mine.WriteAsync("x"u8.ToArray(), Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Many_streams_carry_many_bytes_at_once(bool flowControl)
    {
        await using var pair = await PairAsync(new SpdyOptions { FlowControl = flowControl });
        var echoing = EchoAsync(pair.Server, 8);
        var copies = Enumerable.Range(0, 8).Select(async i =>
        {
            var content = new byte[700_001];
            new Random(i).NextBytes(content);
            var stream = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
            var sending = SendAsync(stream, content);
            using var received = new MemoryStream();
            await stream.Input.CopyToAsync(received, Token);
            await sending;
            Assert.Equal(content, received.ToArray());
        });
        await Task.WhenAll(copies);
        await echoing;
    }

    [Fact]
    public async Task With_flow_control_a_stream_nobody_reads_stops_its_sender_but_not_the_connection()
    {
        await using var pair = await PairAsync(new SpdyOptions { FlowControl = true });
        var mine = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
        var sending = SendAsync(mine, new byte[1_000_000]);
        var theirs = await pair.Server.Incoming.ReadAsync(Token);
        await pair.Client.PingAsync(Token); // Answered, although the first stream's window is used up.
        var echoing = EchoAsync(pair.Server, 1);
        var other = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
        await SendAsync(other, new byte[100_000]);
        Assert.Equal(100_000, (await ReadAllAsync(other)).Length);
        await echoing;
        Assert.False(sending.IsCompleted);
        Assert.Equal(1_000_000, (await ReadAllAsync(theirs)).Length);
        await sending;
    }

    [Fact]
    public async Task A_reset_ends_both_directions_but_keeps_what_had_arrived()
    {
        await using var pair = await PairAsync(new SpdyOptions());
        var mine = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
        var theirs = await pair.Server.Incoming.ReadAsync(Token);
        await theirs.WriteAsync("last words"u8.ToArray(), Token);
        await theirs.ResetAsync(SpdyResetReason.Cancel, Token);
        Assert.Equal("last words", await ReadAllAsync(mine));
        Assert.True(mine.WasReset);
        await Assert.ThrowsAsync<SpdyException>(() => mine.Opened);
        await Assert.ThrowsAsync<SpdyException>(() => mine.WriteAsync("x"u8.ToArray(), Token));
    }

    [Fact]
    public async Task Pings_are_answered_in_both_directions()
    {
        await using var pair = await PairAsync(new SpdyOptions());
        await pair.Client.PingAsync(Token);
        await pair.Server.PingAsync(Token);
        await Task.WhenAll(pair.Client.PingAsync(Token), pair.Client.PingAsync(Token));
    }

    [Fact]
    public async Task The_end_of_a_connection_ends_its_streams_and_refuses_new_ones()
    {
        await using var pair = await PairAsync(new SpdyOptions());
        var mine = await pair.Client.OpenStreamAsync(SomeHeaders, Token);
        _ = await pair.Server.Incoming.ReadAsync(Token);
        await pair.Server.DisposeAsync();
        Assert.Equal("", await ReadAllAsync(mine));
        await pair.Client.Completion;
        await Assert.ThrowsAsync<SpdyException>(() => pair.Client.OpenStreamAsync(SomeHeaders, Token));
        Assert.False(await pair.Client.Incoming.WaitToReadAsync(Token));
    }

    [Fact]
    public async Task Another_protocol_is_refused_with_a_reason()
    {
        await using var pair = await RawPairAsync();
        await pair.Raw.WriteAsync(new byte[] { 0x80, 2, 0, 1, 0, 0, 0, 0 }, Token);
        var failure = await Assert.ThrowsAsync<SpdyException>(() => pair.Connection.Completion);
        Assert.Contains("version 2", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_frames_and_bytes_for_unknown_streams_are_passed_over()
    {
        await using var pair = await RawPairAsync();
        await pair.Raw.WriteAsync(new byte[] { 0x80, 3, 0, 99, 0, 0, 0, 2, 1, 2 }, Token);
        await pair.Raw.WriteAsync(new byte[] { 0, 0, 0, 77, 0, 0, 0, 3, 1, 2, 3 }, Token);
        await pair.Raw.WriteAsync(new byte[] { 0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1 }, Token);
        var answer = new byte[12];
        await pair.Raw.ReadExactlyAsync(answer, Token);
        Assert.Equal(new byte[] { 0x80, 3, 0, 6, 0, 0, 0, 4, 0, 0, 0, 1 }, answer);
    }

    private static async Task EchoAsync(SpdyConnection server, int count)
    {
        var echoes = new List<Task>();
        for (var i = 0; i < count; i++)
        {
            echoes.Add(EchoAsync(await server.Incoming.ReadAsync(Token)));
        }
        await Task.WhenAll(echoes);
    }

    private static async Task EchoAsync(SpdyStream stream)
    {
        await stream.AcceptAsync(Token);
        while (true)
        {
            var read = await stream.Input.ReadAsync(Token);
            foreach (var segment in read.Buffer)
            {
                await stream.WriteAsync(segment, Token);
            }
            stream.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                await stream.CloseWriteAsync(Token);
                return;
            }
        }
    }

    private static async Task SendAsync(SpdyStream stream, byte[] content)
    {
        await stream.WriteAsync(content, Token);
        await stream.CloseWriteAsync(Token);
    }

    private static async Task<string> ReadAllAsync(SpdyStream stream)
    {
        using var text = new MemoryStream();
        await stream.Input.CopyToAsync(text, Token);
        return Encoding.UTF8.GetString(text.ToArray());
    }

    private static async Task<Pair> PairAsync(SpdyOptions options)
    {
        var (one, other) = await SocketPairAsync();
        return new Pair(SpdyConnection.Start(one, SpdyRole.Client, options), SpdyConnection.Start(other, SpdyRole.Server, options));
    }

    private static async Task<RawPair> RawPairAsync()
    {
        var (one, other) = await SocketPairAsync();
        return new RawPair(one, SpdyConnection.Start(other, SpdyRole.Server));
    }

    private static async Task<(Stream One, Stream Other)> SocketPairAsync()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var client = new TcpClient();
        await client.ConnectAsync((IPEndPoint)listener.LocalEndpoint, Token);
        return (client.GetStream(), (await listener.AcceptTcpClientAsync(Token)).GetStream());
    }

    private sealed record Pair(SpdyConnection Client, SpdyConnection Server) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    private sealed record RawPair(Stream Raw, SpdyConnection Connection) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Raw.DisposeAsync();
            await Connection.DisposeAsync();
        }
    }
}
