namespace Strata.Arm.ContainerGroups;

/// <summary>Values of a container's <c>currentState.state</c>.</summary>
public static class ContainerStates
{
    public const string Waiting = "Waiting";
    public const string Running = "Running";
    public const string Terminated = "Terminated";
}
