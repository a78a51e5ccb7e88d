namespace Strata.Streaming.Spdy;

/// <summary>Control frames of SPDY/3.1, section 2.6; <see cref="Data"/> is no control frame and has no number on the wire.</summary>
internal enum SpdyFrameType : ushort
{
    Data = 0,
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
}
