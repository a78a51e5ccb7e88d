using System.Collections.Immutable;

namespace Strata.Network.Dns;

/// <summary>All records of one name, in the order in which they were added. A name that only has names below it has none.</summary>
internal sealed class DnsNode(ImmutableArray<DnsNode.Entry> entries)
{
    public static readonly DnsNode Empty = new([]);

    /// <summary>A record and who put it there.</summary>
    public readonly record struct Entry(object Owner, ushort Type, byte[] Wire);

    public ReadOnlySpan<Entry> Entries => entries.AsSpan();

    public bool IsEmpty => entries.IsEmpty;

    public DnsNode Add(object owner, DnsRecord record) => new(entries.Add(new Entry(owner, record.Type, record.Wire)));

    public DnsNode Without(object owner) => new(entries.RemoveAll(e => e.Owner.Equals(owner)));

    /// <summary>The alias at this name, or null.</summary>
    public byte[]? Alias
    {
        get
        {
            foreach (ref readonly var entry in entries.AsSpan())
            {
                if (entry.Type == DnsConstants.TypeCname)
                {
                    return entry.Wire;
                }
            }
            return null;
        }
    }
}
