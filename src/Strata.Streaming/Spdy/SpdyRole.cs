namespace Strata.Streaming.Spdy;

/// <summary>Which end of the connection: clients open streams with odd numbers, servers with even ones.</summary>
public enum SpdyRole
{
    Client,
    Server,
}
