namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Hands out what services may not share: cluster addresses and node ports. Thread-safe; each member is one atomic step, for all API servers on one
/// store, so two services that ask at the same time never get the same.</summary>
internal interface IServiceAllocator
{
    /// <summary>The range of cluster addresses, for messages.</summary>
    string AddressRange { get; }

    /// <summary>The range of node ports, for messages.</summary>
    string PortRange { get; }

    /// <summary>Takes a free address; null when the range is used up.</summary>
    ValueTask<string?> AllocateAddressAsync(ServiceOwner owner, CancellationToken cancellationToken);

    /// <summary>Takes a given address.</summary>
    ValueTask<AllocationOutcome> TakeAddressAsync(string address, ServiceOwner owner, CancellationToken cancellationToken);

    /// <summary>Frees an address that <paramref name="owner"/> holds; otherwise does nothing. A failure of the store is left to the repair.</summary>
    ValueTask ReleaseAddressAsync(string address, ServiceOwner owner);

    /// <summary>Takes a free node port; null when all are in use.</summary>
    ValueTask<int?> AllocatePortAsync(ServiceOwner owner, CancellationToken cancellationToken);

    /// <summary>Takes a given node port.</summary>
    ValueTask<AllocationOutcome> TakePortAsync(int port, ServiceOwner owner, CancellationToken cancellationToken);

    /// <summary>Frees a node port that <paramref name="owner"/> holds; otherwise does nothing. A failure of the store is left to the repair.</summary>
    ValueTask ReleasePortAsync(int port, ServiceOwner owner);
}
