using Microsoft.Extensions.Logging;
using Strata.Store;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Chooses in memory and takes in the store. What other API servers took and gave back is learned when a choice turns out to be taken, when nothing
/// seems to be left, and from the repair; until then the bitmaps are merely a good guess.</summary>
internal sealed partial class SharedServiceAllocator(ServiceAllocator guess, ServiceClaims claims, ILogger<SharedServiceAllocator> logger) : IServiceAllocator
{
    public string AddressRange => guess.AddressRange;

    public string PortRange => guess.PortRange;

    public async ValueTask<string?> AllocateAddressAsync(ServiceOwner owner, CancellationToken cancellationToken)
    {
        var isFresh = false;
        while (true)
        {
            var address = guess.AllocateAddress();
            if (address is null)
            {
                if (isFresh)
                {
                    return null;
                }

                await RefreshAsync(cancellationToken);
                isFresh = true;
                continue;
            }

            if (await HoldingGuessAsync(ServiceClaims.KeyOfAddress(address), owner, () => guess.ReleaseAddress(address), cancellationToken))
            {
                return address;
            }
        }
    }

    public async ValueTask<AllocationOutcome> TakeAddressAsync(string address, ServiceOwner owner, CancellationToken cancellationToken)
    {
        var known = guess.TakeAddress(address);
        return known == AllocationOutcome.OutOfRange
            ? known
            : await TakeAsync(ServiceClaims.KeyOfAddress(address), known, owner, () => guess.ReleaseAddress(address), cancellationToken);
    }

    public async ValueTask ReleaseAddressAsync(string address, ServiceOwner owner)
    {
        if (await ReleaseAsync(ServiceClaims.KeyOfAddress(address), owner))
        {
            guess.ReleaseAddress(address);
        }
    }

    public async ValueTask<int?> AllocatePortAsync(ServiceOwner owner, CancellationToken cancellationToken)
    {
        var isFresh = false;
        while (true)
        {
            var port = guess.AllocatePort();
            if (port is null)
            {
                if (isFresh)
                {
                    return null;
                }

                await RefreshAsync(cancellationToken);
                isFresh = true;
                continue;
            }

            if (await HoldingGuessAsync(ServiceClaims.KeyOfPort(port.Value), owner, () => guess.ReleasePort(port.Value), cancellationToken))
            {
                return port;
            }
        }
    }

    public async ValueTask<AllocationOutcome> TakePortAsync(int port, ServiceOwner owner, CancellationToken cancellationToken)
    {
        var known = guess.TakePort(port);
        return known == AllocationOutcome.OutOfRange
            ? known
            : await TakeAsync(ServiceClaims.KeyOfPort(port), known, owner, () => guess.ReleasePort(port), cancellationToken);
    }

    public async ValueTask ReleasePortAsync(int port, ServiceOwner owner)
    {
        if (await ReleaseAsync(ServiceClaims.KeyOfPort(port), owner))
        {
            guess.ReleasePort(port);
        }
    }

    /// <summary>Whether this is an address of the range that a service can have.</summary>
    public bool IsAddress(string address) => guess.Contains(address);

    /// <summary>Takes over what the store says.</summary>
    public void Learn(IEnumerable<ServiceClaim> taken)
    {
        var keys = taken.Select(static claim => claim.Key).ToList();
        guess.Replace(keys.Select(ServiceClaims.AddressOf).OfType<string>(), keys.Select(ServiceClaims.PortOf).OfType<int>());
    }

    private async ValueTask RefreshAsync(CancellationToken cancellationToken) => Learn(await claims.ListAsync(cancellationToken));

    // The store decides; what memory believed to be in use may have been given back through another server.
    private async ValueTask<AllocationOutcome> TakeAsync(string key, AllocationOutcome known, ServiceOwner owner, Action undo, CancellationToken cancellationToken)
    {
        var isTaken = known == AllocationOutcome.Taken
            ? await HoldingGuessAsync(key, owner, undo, cancellationToken)
            : await claims.TryTakeAsync(key, owner, cancellationToken);
        return isTaken ? AllocationOutcome.Taken : AllocationOutcome.InUse;
    }

    // When the store fails, the guess is undone; when it says no, the guess was wrong and stays marked as in use.
    private async ValueTask<bool> HoldingGuessAsync(string key, ServiceOwner owner, Action undo, CancellationToken cancellationToken)
    {
        try
        {
            return await claims.TryTakeAsync(key, owner, cancellationToken);
        }
        catch
        {
            undo();
            throw;
        }
    }

    private async ValueTask<bool> ReleaseAsync(string key, ServiceOwner owner)
    {
        try
        {
            // Not the caller's token: the service is gone, and its leavings must follow.
            await claims.ReleaseAsync(key, owner, CancellationToken.None);
            return true;
        }
        catch (StoreException failure)
        {
            LogNotReleased(logger, failure, key);
            return false;
        }
    }

    [LoggerMessage(EventIds.NotReleased, LogLevel.Warning, "Could not give back {Key}; it will be found and given back later")]
    private static partial void LogNotReleased(ILogger logger, Exception failure, string key);
}
