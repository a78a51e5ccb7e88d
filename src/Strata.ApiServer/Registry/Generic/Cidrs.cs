using System.Net;
using Strata.Api.Errors;

namespace Strata.ApiServer.Registry.Generic;

/// <summary>Rules of address ranges (apimachinery: util/validation IsValidCIDR; core: IsValidCIDRForLegacyField).</summary>
internal static class Cidrs
{
    private const string Rule = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";

    /// <summary>Reads a range; the bits below the prefix may be set, as older fields allow.</summary>
    public static bool TryParse(string text, out IPNetwork range, out IPAddress address)
    {
        range = default;
        address = IPAddress.None;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !Addresses.TryParse(text[..slash], out address) || !int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var prefix)
            || prefix > address.GetAddressBytes().Length * 8)
        {
            return false;
        }

        range = new IPNetwork(Masked(address, prefix), prefix);
        return true;
    }

    public static bool ValidateOld(string text, string path, FieldErrors errors, out IPNetwork range)
    {
        if (TryParse(text, out range, out _))
        {
            return true;
        }

        errors.Invalid(path, text, Rule);
        return false;
    }

    /// <summary>The strict rule: no bits below the prefix, and the one way to write it.</summary>
    public static void Validate(string text, string path, FieldErrors errors)
    {
        if (!TryParse(text, out var range, out var address))
        {
            errors.Invalid(path, text, Rule);
        }
        else if (!range.BaseAddress.Equals(address))
        {
            errors.Invalid(path, text, "must not have bits set beyond the prefix length");
        }
        else if (range.ToString() != text)
        {
            errors.Invalid(path, text, $"must be in canonical form (\"{range}\")");
        }
    }

    private static IPAddress Masked(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
