using System.Collections.Immutable;

namespace Strata.Network.ServiceProxy;

/// <summary>A chain and its rules. <paramref name="Hook"/> is null for chains that are only jumped to.</summary>
internal sealed record NftChain(string Name, string? Hook, ImmutableArray<string> Rules)
{
    public bool SameRules(NftChain other) => ReferenceEquals(this, other) || Rules.AsSpan().SequenceEqual(other.Rules.AsSpan());
}
