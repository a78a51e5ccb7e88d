namespace Strata.Arm.ContainerGroups;

/// <summary>Strata's addition to attach, which has no body in ACI and shows output only.</summary>
public sealed record ContainerAttachRequest
{
    /// <summary>Connects to the process's input as well. Default false, as ACI does.</summary>
    public bool? Stdin { get; set; }
}
