using System.Net;
using System.Net.Sockets;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of IP addresses and ports (apimachinery: util/validation).</summary>
internal static class Addresses
{
    public const string AnyIP = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    /// <summary>Strict: dotted quad without leading zeros, or IPv6; no zone, no port.</summary>
    public static bool TryParse(string? text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text is null || text.Contains('%', StringComparison.Ordinal) || text.Contains('[', StringComparison.Ordinal) || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        // IPAddress also reads "1", "0x7f.1" and "010.0.0.1"; Go does not.
        address = parsed;
        return parsed.AddressFamily == AddressFamily.InterNetworkV6 || parsed.ToString() == text;
    }

    public static void ValidatePort(long? port, string path, FieldErrors errors)
    {
        if (port is not (>= 1 and <= 65535))
        {
            errors.Invalid(path, port ?? 0, "must be between 1 and 65535, inclusive");
        }
    }

    /// <summary>An address that a service may forward to (core: ValidateNonSpecialIP).</summary>
    public static void ValidateEndpoint(string? text, string path, FieldErrors errors)
    {
        if (!TryParse(text, out var address))
        {
            errors.Invalid(path, text ?? "", AnyIP);
            return;
        }

        if (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            errors.Invalid(path, text, "may not be unspecified (0.0.0.0 or ::)");
        }
        else if (IPAddress.IsLoopback(address))
        {
            errors.Invalid(path, text, "may not be in the loopback range (127.0.0.0/8, ::1/128)");
        }
        else if (address.IsIPv6LinkLocal || IsIn(address, 169, 254))
        {
            errors.Invalid(path, text, "may not be in the link-local range (169.254.0.0/16, fe80::/10)");
        }
        else if (IsIn(address, 224, 0) && address.GetAddressBytes()[2] == 0)
        {
            errors.Invalid(path, text, "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)");
        }
    }

    private static bool IsIn(IPAddress address, byte first, byte second) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is var bytes && bytes[0] == first && bytes[1] == second;
}
