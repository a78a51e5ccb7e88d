using System.Net;
using System.Net.Sockets;

namespace Strata.Network.Dns;

/// <summary>What the server is authoritative for: the cluster's domain and the reverse names of the cluster's addresses.</summary>
internal sealed class DnsZone
{
    private static readonly byte[] ReverseSuffix = DnsName.Parse("in-addr.arpa");

    private readonly IPNetwork[] _ranges;
    private readonly byte[] _podSuffix;

    /// <param name="domain">For example <c>cluster.local</c>.</param>
    /// <param name="address">Where the server answers.</param>
    /// <param name="ranges">The addresses whose reverse names nobody upstream knows.</param>
    public DnsZone(string domain, IPAddress address, IEnumerable<IPNetwork> ranges)
    {
        _ranges = [.. ranges];
        Domain = domain;
        Apex = DnsName.Parse(domain);
        _podSuffix = DnsName.Parse("pod." + domain);
        var server = DnsName.Parse("ns.dns." + domain);
        Soa = DnsRecord.Soa(Apex, server, DnsName.Parse("hostmaster." + domain));
        Table.Set(this, [
            Soa,
            DnsRecord.Ns(Apex, server),
            DnsRecord.Address(server, address),
            // Kubernetes DNS specification, schema 1.1.0, section 2.2.
            DnsRecord.Txt(DnsName.Parse("dns-version." + domain), "1.1.0"),
            // A name below makes svc and pod exist without records of their own.
            DnsRecord.Txt(DnsName.Parse("dns-version.svc." + domain), "1.1.0"),
            DnsRecord.Txt(DnsName.Parse("dns-version.pod." + domain), "1.1.0"),
        ]);
    }

    public string Domain { get; }

    public byte[] Apex { get; }

    public DnsRecord Soa { get; }

    public DnsTable Table { get; } = new();

    /// <summary>Whether a name in lower-case wire form is the domain or below it.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => IsBelow(name, Apex);

    /// <summary>Whether the name is the reverse name of an address of the cluster.</summary>
    public bool ContainsReverse(ReadOnlySpan<byte> name)
    {
        Span<byte> octets = stackalloc byte[4];
        if (!name.EndsWith(ReverseSuffix))
        {
            return false;
        }
        for (var i = 3; i >= 0; i--)
        {
            if (name[0] is 0 or > 3 || !byte.TryParse(name.Slice(1, name[0]), out octets[i]))
            {
                return false;
            }
            name = DnsName.Parent(name);
        }
        return name.SequenceEqual(ReverseSuffix) && IsInRanges(new IPAddress(octets));
    }

    /// <summary>Reads the address out of <c>a-b-c-d.namespace.pod.domain</c>, which answers without a look at any pod, as
    /// CoreDNS's <c>pods insecure</c> does.</summary>
    /// <param name="address">Four bytes for IPv4, sixteen for IPv6; null when the name only has such names below it.</param>
    public bool TryReadPodName(ReadOnlySpan<byte> name, out byte[]? address)
    {
        address = null;
        if (!IsBelow(name, _podSuffix))
        {
            return false;
        }
        var labels = name[..^_podSuffix.Length];
        if (labels.IsEmpty || labels[0] + 1 >= labels.Length)
        {
            return labels.Length > 0; // pod.domain itself is in the table; namespace.pod.domain exists and has no records.
        }
        var rest = labels[(labels[0] + 1)..];
        if (rest[0] + 1 != rest.Length)
        {
            return false;
        }
        Span<char> text = stackalloc char[63];
        var dashed = labels.Slice(1, labels[0]);
        var dashes = dashed.Count((byte)'-');
        for (var i = 0; i < dashed.Length; i++)
        {
            text[i] = dashed[i] == '-' ? (dashes == 3 ? '.' : ':') : (char)dashed[i];
        }
        if (!IPAddress.TryParse(text[..dashed.Length], out var parsed) || (dashes == 3) != (parsed.AddressFamily == AddressFamily.InterNetwork))
        {
            return false;
        }
        address = parsed.GetAddressBytes();
        return true;
    }

    private static bool IsBelow(ReadOnlySpan<byte> name, ReadOnlySpan<byte> zone)
    {
        while (name.Length > zone.Length)
        {
            name = DnsName.Parent(name);
        }
        return name.SequenceEqual(zone);
    }

    private bool IsInRanges(IPAddress address)
    {
        foreach (var range in _ranges)
        {
            if (range.Contains(address))
            {
                return true;
            }
        }
        return false;
    }
}
