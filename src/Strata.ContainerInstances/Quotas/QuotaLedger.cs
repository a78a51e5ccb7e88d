using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Records;
using Strata.ContainerInstances.Storage;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Quotas;

/// <summary>Keeps groups within the location's quotas, also when many are created at once: a place is reserved before the group is
/// stored and given up when it is (the stored group then counts itself).</summary>
internal sealed class QuotaLedger(InstanceState state, InstanceLimits limits)
{
    private readonly Lock _lock = new(); // Guards _reserved.
    private readonly Dictionary<string, double> _reserved = new(StringComparer.Ordinal); // Id key → vCPUs.

    /// <summary>Reserves for the group, or says which quota stands against it. Dispose the reservation once the group is stored or given up.</summary>
    public (IDisposable? Reservation, ArmError? Refusal) Reserve(ArmResourceId id, ContainerGroup group)
    {
        var cores = GroupResources.Of(group).Cpu;
        lock (_lock)
        {
            var (groups, used) = Count(id.Key);
            if (groups + 1 > limits.ContainerGroups)
            {
                return (null, Reached("ContainerGroups", limits.ContainerGroups, groups, 1));
            }

            // Sums of doubles such as 0.1 + 0.2 come out a little off.
            if (used + cores > limits.StandardCores + 1e-6)
            {
                return (null, Reached("StandardCores", limits.StandardCores, used, cores));
            }

            _reserved[id.Key] = cores;
            return (new Reservation(this, id.Key), null);
        }
    }

    public IReadOnlyList<QuotaUsage> Usages()
    {
        lock (_lock)
        {
            var (groups, cores) = Count(null);
            return
            [
                Usage("ContainerGroups", "Container Groups", groups, limits.ContainerGroups),
                Usage("StandardCores", "Standard Cores", (int)Math.Ceiling(Math.Round(cores, 6)), limits.StandardCores),
            ];
        }
    }

    private (int Groups, double Cores) Count(string? exceptKey)
    {
        var (groups, cores) = (0, 0.0);
        foreach (var record in state.Groups.Where(r => r.Desired != DesiredState.Deleted && r.Id.Key != exceptKey && !_reserved.ContainsKey(r.Id.Key)))
        {
            groups++;
            cores += HoldsCores(record) ? GroupResources.Of(record.Group).Cpu : 0;
        }

        foreach (var (key, reserved) in _reserved.Where(r => r.Key != exceptKey))
        {
            groups++;
            cores += reserved;
        }

        return (groups, cores);
    }

    private static bool HoldsCores(GroupRecord record) =>
        record.Desired == DesiredState.Running && record.LastPod?.Status.Phase is not ("Succeeded" or "Failed");

    private ArmError Reached(string quota, double limit, double used, double requested) => new(
        ErrorCodes.ContainerGroupQuotaReached,
        FormattableString.Invariant($"Resource type '{ArmProvider.ContainerGroups}' container group quota '{quota}' exceeded in region '{limits.Location}'. Limit: '{limit}', Usage: '{used:0.###}' Requested: '{requested:0.###}'."));

    private static QuotaUsage Usage(string name, string text, int value, int limit) =>
        new() { CurrentValue = value, Limit = limit, Name = new QuotaName { Value = name, LocalizedValue = text } };

    private sealed class Reservation(QuotaLedger owner, string key) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._lock)
            {
                owner._reserved.Remove(key);
            }
        }
    }
}
