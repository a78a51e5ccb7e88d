using System.Buffers.Binary;
using System.Collections;
using System.Net;
using System.Net.Sockets;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Services;

/// <summary>Bitmaps in memory over the address range and the port range: what this server knows to be in use. Thread-safe.</summary>
/// <remarks>What counts is in the store (<see cref="ServiceClaims"/>); from here comes what to try. The lower part of each range is handed out last, so that explicitly chosen addresses and ports seldom collide (KEP-3070, KEP-3668).</remarks>
internal sealed class ServiceAllocator
{
    private readonly IPNetwork _range;
    private readonly uint _base;
    private readonly int _firstPort;
    private readonly IdentitySource _chance;
    private readonly Lock _lock = new();

    // Guarded by _lock. Bit i of _addresses is the i-th address after the network address.
    private readonly BitArray _addresses;
    private readonly BitArray _ports;

    /// <param name="range">IPv4 range of cluster addresses, /12 to /30; the first address is meant for the service <c>kubernetes</c>.</param>
    /// <param name="firstPort">First node port.</param>
    /// <param name="lastPort">Last node port.</param>
    /// <param name="chance">Spreads the choices, so that a freed address is not reused at once.</param>
    public ServiceAllocator(IPNetwork range, int firstPort, int lastPort, IdentitySource chance)
    {
        if (range.BaseAddress.AddressFamily != AddressFamily.InterNetwork || range.PrefixLength is < 12 or > 30)
        {
            throw new ArgumentException($"service range {range} must be an IPv4 range between /12 and /30", nameof(range));
        }

        _range = range;
        _base = ToNumber(range.BaseAddress);
        _firstPort = firstPort;
        _chance = chance;
        _addresses = new BitArray(1 << (32 - range.PrefixLength));
        _ports = new BitArray(lastPort - firstPort + 1);

        // Network and broadcast address are no hosts.
        _addresses[0] = true;
        _addresses[^1] = true;
    }

    public string AddressRange => _range.ToString();

    public string PortRange => $"{_firstPort}-{_firstPort + _ports.Count - 1}";

    /// <summary>Forgets everything and takes what is given; what is out of range is passed over.</summary>
    public void Replace(IEnumerable<string> addresses, IEnumerable<int> ports)
    {
        var (indexes, numbers) = (addresses.Select(IndexOf).OfType<int>().ToList(), ports.Select(port => port - _firstPort).ToList());
        lock (_lock)
        {
            _addresses.SetAll(false);
            _ports.SetAll(false);
            _addresses[0] = _addresses[^1] = true;
            indexes.ForEach(index => _addresses[index] = true);
            numbers.Where(index => index >= 0 && index < _ports.Count).ToList().ForEach(index => _ports[index] = true);
        }
    }

    /// <summary>Whether this is an address of the range that a service can have.</summary>
    public bool Contains(string address) => IndexOf(address) is not null;

    /// <summary>Takes a free address; null when the range is used up.</summary>
    public string? AllocateAddress()
    {
        lock (_lock)
        {
            // Small ranges keep 16 addresses for explicit choice, large ones 256.
            var reserved = _addresses.Count <= 32 ? 1 : Math.Clamp(_addresses.Count / 16, 16, 256);
            return TakeAny_NeedsLock(_addresses, reserved) is { } index ? ToText(_base + (uint)index) : null;
        }
    }

    public AllocationOutcome TakeAddress(string address)
    {
        if (IndexOf(address) is not { } index)
        {
            return AllocationOutcome.OutOfRange;
        }

        lock (_lock)
        {
            return Take_NeedsLock(_addresses, index);
        }
    }

    public void ReleaseAddress(string address)
    {
        if (IndexOf(address) is not { } index)
        {
            return;
        }

        lock (_lock)
        {
            _addresses[index] = false;
        }
    }

    /// <summary>Takes a free node port; null when all are in use.</summary>
    public int? AllocatePort()
    {
        lock (_lock)
        {
            var reserved = _ports.Count <= 32 ? 0 : Math.Clamp(_ports.Count / 32, 16, 128);
            return TakeAny_NeedsLock(_ports, reserved) is { } index ? _firstPort + index : null;
        }
    }

    public AllocationOutcome TakePort(int port)
    {
        var index = port - _firstPort;
        if (index < 0 || index >= _ports.Count)
        {
            return AllocationOutcome.OutOfRange;
        }

        lock (_lock)
        {
            return Take_NeedsLock(_ports, index);
        }
    }

    public void ReleasePort(int port)
    {
        var index = port - _firstPort;
        if (index < 0 || index >= _ports.Count)
        {
            return;
        }

        lock (_lock)
        {
            _ports[index] = false;
        }
    }

    private static AllocationOutcome Take_NeedsLock(BitArray used, int index)
    {
        if (used[index])
        {
            return AllocationOutcome.InUse;
        }

        used[index] = true;
        return AllocationOutcome.Taken;
    }

    // A random place in the upper part and on from there; the lower part only when the upper one is full.
    private int? TakeAny_NeedsLock(BitArray used, int reserved)
    {
        var upper = used.Count - reserved;
        var start = _chance.Below(upper);
        for (var step = 0; step < upper; step++)
        {
            var index = reserved + ((start + step) % upper);
            if (Take_NeedsLock(used, index) == AllocationOutcome.Taken)
            {
                return index;
            }
        }

        for (var index = reserved - 1; index >= 0; index--)
        {
            if (Take_NeedsLock(used, index) == AllocationOutcome.Taken)
            {
                return index;
            }
        }

        return null;
    }

    private int? IndexOf(string address)
    {
        if (!Addresses.TryParse(address, out var parsed) || !_range.Contains(parsed))
        {
            return null;
        }

        var index = (int)(ToNumber(parsed) - _base);
        return index == 0 || index == _addresses.Count - 1 ? null : index;
    }

    private static uint ToNumber(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());

    private static string ToText(uint number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, number);
        return new IPAddress(bytes).ToString();
    }
}
