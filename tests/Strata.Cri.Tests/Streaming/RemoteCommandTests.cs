using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Strata.Streaming.Spdy;
using Strata.Cri.Streaming;
using Strata.Cri.Tests.Runtime;

namespace Strata.Cri.Tests.Streaming;

public sealed class RemoteCommandTests(PrivateContainerd containerd)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_end_of_stdin_reaches_the_command_and_its_exit_code_comes_back()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("exec-stdin", null, "sleep", "1000");
        using var stdout = new MemoryStream();
        using var stderr = new MemoryStream();
        var streams = new RemoteStreams { Stdin = new MemoryStream("hi\n"u8.ToArray()), Stdout = stdout, Stderr = stderr };
        var exit = await RemoteCommand.ExecAsync(
            containerd.Client, container.Id, ["sh", "-c", "cat; echo end; echo bad >&2; exit 7"], streams, Token);
        Assert.Equal("hi\nend\n", Encoding.UTF8.GetString(stdout.ToArray()));
        Assert.Equal("bad\n", Encoding.UTF8.GetString(stderr.ToArray()));
        Assert.Equal(7, exit.ExitCode);
        Assert.Contains("exit code 7", exit.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Megabytes_pass_both_ways_unchanged()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("exec-large", null, "sleep", "1000");
        var content = new byte[5_000_011];
        new Random(1).NextBytes(content);
        using var stdout = new MemoryStream();
        var streams = new RemoteStreams { Stdin = new MemoryStream(content), Stdout = stdout };
        var exit = await RemoteCommand.ExecAsync(containerd.Client, container.Id, ["cat"], streams, Token);
        Assert.True(exit.Succeeded);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(stdout.ToArray()));
    }

    [Fact]
    public async Task A_terminal_echoes_and_learns_its_size()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("exec-tty", null, "sleep", "1000");
        var keyboard = new Pipe();
        using var screen = new MemoryStream();
        var sizes = Channel.CreateUnbounded<TerminalSize>();
        await sizes.Writer.WriteAsync(new TerminalSize(101, 37), Token);
        var streams = new RemoteStreams { Stdin = keyboard.Reader.AsStream(), Stdout = screen, Tty = true, Resize = sizes.Reader };
        var running = RemoteCommand.ExecAsync(containerd.Client, container.Id, ["sh"], streams, Token);
        await keyboard.Writer.WriteAsync("until stty size | grep '37 101'; do sleep 0.05; done; exit 5\n"u8.ToArray(), Token);
        var exit = await running;
        Assert.Equal(5, exit.ExitCode);
        Assert.Contains("37 101\r\n", Encoding.UTF8.GetString(screen.ToArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_ends_with_a_message_and_cancelling_lets_go()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync("exec-bad", null, "sleep", "1000");
        using var stdout = new MemoryStream();
        var exit = await RemoteCommand.ExecAsync(
            containerd.Client, container.Id, ["no-such-program"], new RemoteStreams { Stdout = stdout }, Token);
        Assert.False(exit.Succeeded);
        Assert.Contains("no-such-program", exit.Message, StringComparison.Ordinal);

        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        cancel.CancelAfter(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => RemoteCommand.ExecAsync(
            containerd.Client, container.Id, ["sleep", "1000"], new RemoteStreams { Stdout = stdout }, cancel.Token));
    }

    [Fact]
    public async Task Attaching_talks_to_the_main_process()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync(
            "attach", c => { c.Stdin = true; c.StdinOnce = true; }, "sh", "-c", "read line; echo got $line; exit 4");
        using var stdout = new MemoryStream();
        var streams = new RemoteStreams { Stdin = new MemoryStream("word\n"u8.ToArray()), Stdout = stdout };
        await RemoteCommand.AttachAsync(containerd.Client, container.Id, streams, Token);
        Assert.Equal("got word\n", Encoding.UTF8.GetString(stdout.ToArray()));
    }

    [Fact]
    public async Task A_port_is_forwarded_for_several_connections_and_a_closed_one_is_an_error()
    {
        Assert.SkipUnless(PrivateContainerd.IsPossible, PrivateContainerd.WhyNot);
        await using var container = await containerd.RunAsync(
            "forward", null, "sh", "-c", "mkdir /www; echo page > /www/index.html; exec httpd -f -p 8080 -h /www");
        await using var forwarder = await PortForwarder.ConnectAsync(containerd.Client, container.SandboxId, Token);
        await Eventually.TrueAsync(async () =>
            (await containerd.Client.ExecSyncAsync(container.Id, ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"], null, Token)).ExitCode == 0);
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => GetAsync(forwarder, 8080)));
        Assert.All(answers, answer => Assert.EndsWith("\r\n\r\npage\n", answer, StringComparison.Ordinal));

        var failure = await Assert.ThrowsAsync<SpdyException>(() => GetAsync(forwarder, 8081));
        Assert.Contains("8081", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<string> GetAsync(PortForwarder forwarder, int port)
    {
        using var local = new Duplex("GET / HTTP/1.0\r\n\r\n"u8.ToArray());
        await forwarder.ForwardAsync(port, local, Token);
        return local.Received;
    }

    /// <summary>A connection that sends one request and then only listens.</summary>
    private sealed class Duplex(byte[] request) : MemoryStream
    {
        private readonly MemoryStream _request = new(request);

        public string Received => Encoding.UTF8.GetString(ToArray());

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            _request.ReadAsync(buffer, cancellationToken);
    }
}
