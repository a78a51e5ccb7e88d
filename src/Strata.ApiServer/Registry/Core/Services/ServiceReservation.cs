using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>The addresses and ports that one write of a service takes, and those it gives up.</summary>
internal sealed class ServiceReservation(IServiceAllocator allocator) : WriteReservation
{
    public List<string> TakenAddresses { get; } = [];

    public List<int> TakenPorts { get; } = [];

    public List<string> DroppedAddresses { get; } = [];

    public List<int> DroppedPorts { get; } = [];

    public override void Commit() => Release(DroppedAddresses, DroppedPorts);

    public override void Abandon() => Release(TakenAddresses, TakenPorts);

    private void Release(List<string> addresses, List<int> ports)
    {
        addresses.ForEach(allocator.ReleaseAddress);
        ports.ForEach(allocator.ReleasePort);
    }
}
