namespace Strata.Arm.ContainerGroups;

public sealed record GroupInstanceView
{
    public IReadOnlyList<ContainerEvent> Events { get; set; } = [];

    /// <summary>See <see cref="GroupStates"/>.</summary>
    public string State { get; set; } = "";
}
