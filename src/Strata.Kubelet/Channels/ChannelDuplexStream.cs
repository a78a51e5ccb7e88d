using System.IO.Pipelines;
using Strata.Streaming;

namespace Strata.Kubelet.Channels;

/// <summary>A channel with both directions: what the client sends comes through a pipe.</summary>
internal sealed class ChannelDuplexStream(ChannelSocket socket, byte channel, PipeReader input) : AsyncStream
{
    private readonly Stream _input = input.AsStream(leaveOpen: true);

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask : socket.SendAsync(channel, buffer, cancellationToken);
}
