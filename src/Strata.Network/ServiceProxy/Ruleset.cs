namespace Strata.Network.ServiceProxy;

/// <summary>The whole content of the cluster's nftables table, as a value that can be compared with another. Not changed
/// after it is published.</summary>
internal sealed class Ruleset(string table)
{
    public string Table { get; } = table;

    public Dictionary<string, NftSet> Sets { get; } = [];

    public Dictionary<string, NftChain> Chains { get; } = [];

    /// <summary>The elements of all sets and maps; the value is the verdict, empty in a set.</summary>
    public Dictionary<NftElement, string> Elements { get; } = [];
}
