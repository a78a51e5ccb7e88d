using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>The addresses and ports that one write of a service takes, and those it gives up.</summary>
internal sealed class ServiceReservation(IServiceAllocator allocator, ServiceOwner owner) : WriteReservation
{
    public ServiceOwner Owner => owner;

    public List<string> TakenAddresses { get; } = [];

    public List<int> TakenPorts { get; } = [];

    public List<string> DroppedAddresses { get; } = [];

    public List<int> DroppedPorts { get; } = [];

    public override ValueTask CommitAsync() => ReleaseAsync(DroppedAddresses, DroppedPorts);

    public override ValueTask AbandonAsync() => ReleaseAsync(TakenAddresses, TakenPorts);

    private async ValueTask ReleaseAsync(List<string> addresses, List<int> ports)
    {
        foreach (var address in addresses)
        {
            await allocator.ReleaseAddressAsync(address, owner);
        }

        foreach (var port in ports)
        {
            await allocator.ReleasePortAsync(port, owner);
        }
    }
}
