using Strata.Streaming.Spdy;

namespace Strata.Streaming;

/// <summary>A SPDY stream as an ordinary one. A client that has gone is an <see cref="IOException"/>.</summary>
public sealed class SpdyDuplexStream(SpdyStream stream) : AsyncStream
{
    private readonly Stream _input = stream.Input.AsStream(leaveOpen: true);

    public override bool CanRead => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => _input.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(stream.WriteAsync(buffer, cancellationToken));
}
