namespace Strata.Streaming.Spdy;

/// <summary>The peer broke SPDY/3.1, refused or reset a stream, or the connection ended under one.</summary>
public sealed class SpdyException(string message, Exception? innerException = null) : IOException(message, innerException);
