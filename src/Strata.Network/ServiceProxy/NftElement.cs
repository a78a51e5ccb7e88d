namespace Strata.Network.ServiceProxy;

/// <summary>Place of one element: the set or map it is in and its key, both as nft writes them.</summary>
internal readonly record struct NftElement(string Set, string Key);
