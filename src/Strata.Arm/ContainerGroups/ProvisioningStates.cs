namespace Strata.Arm.ContainerGroups;

/// <summary>Values of <c>properties.provisioningState</c>. Clients are told to depend only on the terminal ones.</summary>
public static class ProvisioningStates
{
    public const string Pending = "Pending";
    public const string Creating = "Creating";
    public const string Updating = "Updating";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
    public const string Canceled = "Canceled";
    public const string Deleting = "Deleting";

    public static bool IsTerminal(string? state) =>
        string.Equals(state, Succeeded, StringComparison.OrdinalIgnoreCase)
        || string.Equals(state, Failed, StringComparison.OrdinalIgnoreCase)
        || string.Equals(state, Canceled, StringComparison.OrdinalIgnoreCase);
}
