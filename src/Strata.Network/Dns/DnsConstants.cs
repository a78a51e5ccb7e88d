namespace Strata.Network.Dns;

/// <summary>Numbers of the DNS protocol (RFC 1035, 2782, 3596, 6891).</summary>
internal static class DnsConstants
{
    public const ushort TypeA = 1;
    public const ushort TypeNs = 2;
    public const ushort TypeCname = 5;
    public const ushort TypeSoa = 6;
    public const ushort TypePtr = 12;
    public const ushort TypeTxt = 16;
    public const ushort TypeAaaa = 28;
    public const ushort TypeSrv = 33;
    public const ushort TypeOpt = 41;
    public const ushort TypeIxfr = 251;
    public const ushort TypeAxfr = 252;
    public const ushort TypeAny = 255;

    public const ushort ClassIn = 1;
    public const ushort ClassAny = 255;

    public const int CodeNoError = 0;
    public const int CodeFormatError = 1;
    public const int CodeServerFailure = 2;
    public const int CodeNameError = 3;
    public const int CodeNotImplemented = 4;
    public const int CodeRefused = 5;
    public const int CodeBadVersion = 16;

    public const int HeaderLength = 12;
    public const int MaxNameLength = 255;

    /// <summary>Without EDNS0 (RFC 1035, 4.2.1).</summary>
    public const int ClassicUdpLength = 512;

    /// <summary>What passes every path without fragments (dnsflagday.net 2020), and the most we send by UDP.</summary>
    public const int SafeUdpLength = 1232;

    public const int MaxTcpLength = 65535;

    /// <summary>Of every record we own, seconds: short, because endpoints move.</summary>
    public const uint Ttl = 5;
}
