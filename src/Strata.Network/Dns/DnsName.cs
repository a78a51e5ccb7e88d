using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Strata.Network.Dns;

/// <summary>Domain names in wire form: each label after its length, a zero at the end. Ours are always lower-case.</summary>
internal static class DnsName
{
    /// <exception cref="ArgumentException">A label is empty or longer than 63 bytes, or the name longer than 255.</exception>
    public static byte[] Parse(string text)
    {
        text = text.TrimEnd('.');
        if (text.Length == 0)
        {
            return [0];
        }
        var wire = new byte[text.Length + 2];
        var at = 0;
        foreach (var label in text.Split('.'))
        {
            if (label.Length is 0 or > 63 || !Ascii.IsValid(label) || wire.Length > DnsConstants.MaxNameLength)
            {
                throw new ArgumentException($"'{text}' is not a domain name.");
            }
            wire[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label.ToLowerInvariant(), wire.AsSpan(at));
        }
        return wire;
    }

    /// <summary>The text of a name, without the final dot; for logs and tests.</summary>
    public static string Format(ReadOnlySpan<byte> wire)
    {
        var text = new StringBuilder();
        while (!wire.IsEmpty && wire[0] is > 0 and var length && wire.Length > length)
        {
            text.Append(text.Length > 0 ? "." : "").Append(Encoding.ASCII.GetString(wire.Slice(1, length)));
            wire = wire[(length + 1)..];
        }
        return text.ToString();
    }

    /// <summary>The name under which the address's PTR records stand: <c>4.3.2.1.in-addr.arpa</c> or the nibbles under <c>ip6.arpa</c>.</summary>
    public static string Reverse(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        return address.AddressFamily == AddressFamily.InterNetwork
            ? $"{bytes[3]}.{bytes[2]}.{bytes[1]}.{bytes[0]}.in-addr.arpa"
            : string.Join('.', Convert.ToHexStringLower(bytes).Reverse()) + ".ip6.arpa";
    }

    /// <summary>Copies a name and makes it lower-case. Label lengths are at most 63, below 'A', so every byte may be treated alike.</summary>
    public static void Lower(ReadOnlySpan<byte> name, Span<byte> lower)
    {
        for (var i = 0; i < name.Length; i++)
        {
            var b = name[i];
            lower[i] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }
    }

    /// <summary>The name without its first label; the root's parent is the root.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> name) => name[0] == 0 ? name : name[(name[0] + 1)..];
}
