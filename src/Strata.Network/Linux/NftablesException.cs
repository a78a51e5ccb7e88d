namespace Strata.Network.Linux;

/// <summary>nft refused a transaction; nothing of it was applied.</summary>
internal sealed class NftablesException(string message) : Exception(message);
