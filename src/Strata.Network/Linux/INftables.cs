namespace Strata.Network.Linux;

/// <summary>The kernel's packet rules.</summary>
internal interface INftables
{
    /// <summary>Runs nft commands as one transaction: all of them or, after an exception, none.</summary>
    /// <exception cref="NftablesException">The kernel or the parser refused; the message is nft's own.</exception>
    Task ApplyAsync(string commands, CancellationToken cancellationToken);
}
