using Strata.Api.Models;

namespace Strata.Scheduler.Framework;

/// <summary>Amounts of resources as integers. Mutable: the cache adds and subtracts in place.</summary>
public sealed class ResourceAmounts
{
    private static readonly Dictionary<string, long> None = [];

    private Dictionary<string, long> _others = None;

    public long CpuMillis { get; set; }

    public long MemoryBytes { get; set; }

    public long EphemeralStorageBytes { get; set; }

    /// <summary>Resources by other names (GPUs, hugepages), in units.</summary>
    public IReadOnlyDictionary<string, long> Others => _others;

    public bool HasOthers => _others.Count > 0;

    public long this[string name] => _others.GetValueOrDefault(name);

    public static ResourceAmounts Of(IReadOnlyDictionary<string, Quantity> quantities)
    {
        var amounts = new ResourceAmounts();
        amounts.Replace(quantities);
        return amounts;
    }

    /// <summary>Sets the amounts that are named and leaves the others.</summary>
    public void Replace(IReadOnlyDictionary<string, Quantity> quantities)
    {
        foreach (var (name, quantity) in quantities)
        {
            switch (name)
            {
                case "cpu":
                    CpuMillis = quantity.MilliValue;
                    break;
                case "memory":
                    MemoryBytes = quantity.Value;
                    break;
                case "ephemeral-storage":
                    EphemeralStorageBytes = quantity.Value;
                    break;
                case "pods":
                    break; // A count of pods, kept by the node itself.
                default:
                    SetOther(name, quantity.Value);
                    break;
            }
        }
    }

    /// <summary>Adds <paramref name="factor"/> times the other amounts; −1 subtracts.</summary>
    public void Add(ResourceAmounts other, int factor)
    {
        CpuMillis += other.CpuMillis * factor;
        MemoryBytes += other.MemoryBytes * factor;
        EphemeralStorageBytes += other.EphemeralStorageBytes * factor;
        foreach (var (name, value) in other._others)
        {
            SetOther(name, this[name] + (value * factor));
        }
    }

    /// <summary>Raises each amount to at least the other's.</summary>
    public void RaiseTo(ResourceAmounts other)
    {
        CpuMillis = Math.Max(CpuMillis, other.CpuMillis);
        MemoryBytes = Math.Max(MemoryBytes, other.MemoryBytes);
        EphemeralStorageBytes = Math.Max(EphemeralStorageBytes, other.EphemeralStorageBytes);
        foreach (var (name, value) in other._others)
        {
            SetOther(name, Math.Max(this[name], value));
        }
    }

    private void SetOther(string name, long value)
    {
        _others = ReferenceEquals(_others, None) ? [] : _others;
        _others[name] = value;
    }
}
