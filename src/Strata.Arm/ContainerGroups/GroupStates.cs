namespace Strata.Arm.ContainerGroups;

/// <summary>Values of a group's <c>instanceView.state</c>: what it is doing now.</summary>
public static class GroupStates
{
    public const string Pending = "Pending";
    public const string Running = "Running";
    public const string Stopped = "Stopped";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
}
