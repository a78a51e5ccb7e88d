namespace Strata.Arm.ContainerGroups;

public sealed record ContainerInstanceView
{
    public int RestartCount { get; set; }

    public ContainerState? CurrentState { get; set; }

    public ContainerState? PreviousState { get; set; }

    public IReadOnlyList<ContainerEvent> Events { get; set; } = [];

    /// <summary>Strata's addition: whether the readiness probe passes. ACI has no such member; a client that does not find it must
    /// take Running for ready.</summary>
    public bool? Ready { get; set; }
}
