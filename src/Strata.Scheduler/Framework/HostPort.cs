namespace Strata.Scheduler.Framework;

/// <summary>A port of the node that a pod occupies.</summary>
/// <param name="Address">Address it binds to; empty or 0.0.0.0 for all.</param>
public readonly record struct HostPort(string Address, string Protocol, int Port)
{
    public bool ConflictsWith(HostPort other) =>
        Port == other.Port && Protocol == other.Protocol && (IsAny || other.IsAny || Address == other.Address);

    private bool IsAny => Address is "" or "0.0.0.0" or "::";
}
