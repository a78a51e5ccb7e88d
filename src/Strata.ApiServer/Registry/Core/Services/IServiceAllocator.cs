namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Hands out what services may not share: cluster addresses and node ports. Thread-safe; each member is one atomic step, so two services that ask at
/// the same time never get the same.</summary>
internal interface IServiceAllocator
{
    /// <summary>The range of cluster addresses, for messages.</summary>
    string AddressRange { get; }

    /// <summary>The range of node ports, for messages.</summary>
    string PortRange { get; }

    /// <summary>Takes a free address; null when the range is used up.</summary>
    string? AllocateAddress();

    /// <summary>Takes a given address.</summary>
    AllocationOutcome TakeAddress(string address);

    /// <summary>Frees an address. Freeing a free one, or one outside the range, does nothing.</summary>
    void ReleaseAddress(string address);

    /// <summary>Takes a free node port; null when all are in use.</summary>
    int? AllocatePort();

    /// <summary>Takes a given node port.</summary>
    AllocationOutcome TakePort(int port);

    /// <summary>Frees a node port. Freeing a free one, or one outside the range, does nothing.</summary>
    void ReleasePort(int port);
}
