namespace Strata.Network.Linux;

/// <summary>nftables through the <c>nft</c> program: one fork for each transaction.</summary>
internal sealed class NftCommand(IHostCommand host) : INftables
{
    public async Task ApplyAsync(string commands, CancellationToken cancellationToken)
    {
        var result = await host.RunAsync(["nft", "-f", "-"], commands, cancellationToken);
        if (!result.Succeeded)
        {
            throw new NftablesException(result.Error.Trim());
        }
    }
}
