using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Strata.Arm.ContainerGroups;

namespace Strata.Arm.Client;

/// <summary>The open socket of an exec or attach. One reader and one writer may use it at the same time.</summary>
/// <remarks>
/// <para>Plain ACI: the password goes first, as a text frame; then binary frames both ways, output and errors merged, no exit code.</para>
/// <para>The client also offers Kubernetes' sub-protocol <c>v5.channel.k8s.io</c> (first byte of a frame is the channel: 0 stdin,
/// 1 stdout, 2 stderr, 3 status, 4 resize, 255 close). Strata accepts it; Azure does not, and then the session is a plain one.</para>
/// </remarks>
public sealed class ContainerSession : IAsyncDisposable
{
    /// <summary>The sub-protocol that keeps streams apart and reports the exit code.</summary>
    public const string ChannelProtocol = "v5.channel.k8s.io";

    /// <summary>The same without a way to end standard input; what Kubernetes servers before 1.30 speak.</summary>
    public const string OldChannelProtocol = "v4.channel.k8s.io";

    private const byte StdinChannel = 0;
    private const byte StatusChannel = 3;
    private const byte ResizeChannel = 4;
    private const byte CloseChannel = 255;
    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[16 * 1024];
    private byte _channel;
    private bool _inMessage;

    /// <param name="socket">A connected socket past its password, or one that needs none, such as a Kubernetes API's own exec. Disposed with the session.</param>
    public ContainerSession(ClientWebSocket socket) => _socket = socket;

    /// <summary>Whether output and errors come apart, and <see cref="ExitCode"/> will be known.</summary>
    public bool HasChannels => _socket.SubProtocol is ChannelProtocol or OldChannelProtocol;

    /// <summary>Set when the process has ended and the server reports it; always null on a plain ACI session.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>Why the command could not be run, if the server said so.</summary>
    public string? Failure { get; private set; }

    internal static async Task<ContainerSession> ConnectAsync(
        ContainerExecResponse answer, HttpMessageInvoker http, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.AddSubProtocol(ChannelProtocol);
            await socket.ConnectAsync(new Uri(answer.WebSocketUri), http, cancellationToken);
            await socket.SendAsync(Encoding.UTF8.GetBytes(answer.Password), WebSocketMessageType.Text, true, cancellationToken);
            return new ContainerSession(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next piece of output. The memory is valid until the next call; null at the end.</summary>
    public async Task<ContainerOutput?> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            var startsMessage = !_inMessage;
            _inMessage = !received.EndOfMessage;
            var data = _buffer.AsMemory(0, received.Count);
            if (!HasChannels)
            {
                if (data.Length > 0)
                {
                    return new ContainerOutput(false, data);
                }

                continue;
            }

            if (startsMessage && data.Length > 0)
            {
                _channel = data.Span[0];
                data = data[1..];
            }

            if (_channel == StatusChannel)
            {
                ReadStatus(await ReadRestAsync(data, cancellationToken));
            }
            else if (data.Length > 0)
            {
                return new ContainerOutput(_channel == 2, data);
            }
        }
    }

    public Task WriteAsync(ReadOnlyMemory<byte> input, CancellationToken cancellationToken) => SendAsync(StdinChannel, input, cancellationToken);

    /// <summary>Ends standard input. A session without <see cref="ChannelProtocol"/> has no way to say so; there this does nothing.</summary>
    public Task CloseInputAsync(CancellationToken cancellationToken) =>
        _socket.SubProtocol == ChannelProtocol ? SendAsync(CloseChannel, new byte[] { StdinChannel }, cancellationToken) : Task.CompletedTask;

    /// <summary>Tells the process of a new terminal size. A plain ACI session has no way to say so; there this does nothing.</summary>
    public Task ResizeAsync(TerminalSize size, CancellationToken cancellationToken) => HasChannels
        ? SendAsync(ResizeChannel, Encoding.UTF8.GetBytes($$"""{"Width":{{size.Cols}},"Height":{{size.Rows}}}"""), cancellationToken)
        : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        // An orderly close is a courtesy; the server ends the process when the connection goes, however it goes.
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
        {
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
            }
            catch (WebSocketException)
            {
                _socket.Abort(); // The other side is gone already.
            }
        }

        _socket.Dispose();
    }

    private async Task SendAsync(byte channel, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        if (!HasChannels)
        {
            await _socket.SendAsync(data, WebSocketMessageType.Binary, true, cancellationToken);
            return;
        }

        var frame = ArrayPool<byte>.Shared.Rent(data.Length + 1);
        try
        {
            frame[0] = channel;
            data.CopyTo(frame.AsMemory(1));
            await _socket.SendAsync(frame.AsMemory(0, data.Length + 1), WebSocketMessageType.Binary, true, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private async Task<byte[]> ReadRestAsync(ReadOnlyMemory<byte> begun, CancellationToken cancellationToken)
    {
        var message = new MemoryStream();
        message.Write(begun.Span);
        while (_inMessage)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            message.Write(_buffer.AsSpan(0, received.Count));
            _inMessage = !received.EndOfMessage;
        }

        return message.ToArray();
    }

    /// <summary>Kubernetes' Status of an exec: Success, or Failure with reason NonZeroExitCode and a cause named ExitCode.</summary>
    private void ReadStatus(byte[] json)
    {
        var status = JsonNode.Parse(json);
        if ((string?)status?["status"] == "Success")
        {
            ExitCode = 0;
            return;
        }

        var cause = (status?["details"]?["causes"] as JsonArray)?.FirstOrDefault(c => (string?)c?["reason"] == "ExitCode");
        if (int.TryParse((string?)cause?["message"], out var exitCode))
        {
            ExitCode = exitCode;
        }
        else
        {
            Failure = (string?)status?["message"] ?? "The command could not be run.";
        }
    }
}
