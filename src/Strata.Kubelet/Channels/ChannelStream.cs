using Strata.Streaming;

namespace Strata.Kubelet.Channels;

/// <summary>Writing to one channel.</summary>
internal sealed class ChannelStream(ChannelSocket socket, byte channel) : AsyncStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        buffer.IsEmpty ? ValueTask.CompletedTask : socket.SendAsync(channel, buffer, cancellationToken);
}
