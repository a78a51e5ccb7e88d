using System.Collections.Immutable;

namespace Strata.Network.ServiceProxy;

/// <summary>What one service contributes to the table. Computed once for each version of the service.</summary>
internal sealed record ServiceRules(
    ImmutableArray<NftSet> Sets, ImmutableArray<NftChain> Chains, ImmutableArray<KeyValuePair<NftElement, string>> Elements);
