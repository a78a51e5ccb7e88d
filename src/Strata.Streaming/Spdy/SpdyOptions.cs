namespace Strata.Streaming.Spdy;

/// <summary>How a connection behaves.</summary>
public sealed record SpdyOptions
{
    /// <summary>Whether sending waits for the peer's WINDOW_UPDATE frames. Off by default, because the library that
    /// Kubernetes and containerd use (moby/spdystream) never sends any: with windows kept, a stream would stop for ever
    /// after 64 KiB. Without windows, the transport's own flow control bounds what is under way.</summary>
    public bool FlowControl { get; init; }

    /// <summary>Bytes a stream holds for its reader before the connection stops reading.</summary>
    public int ReceiveBufferBytes { get; init; } = 256 * 1024;

    /// <summary>Streams of the peer that wait to be accepted; a further one is refused.</summary>
    public int AcceptBacklog { get; init; } = 128;
}
