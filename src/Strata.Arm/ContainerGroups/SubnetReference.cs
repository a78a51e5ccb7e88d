namespace Strata.Arm.ContainerGroups;

public sealed record SubnetReference
{
    public string? Id { get; set; }

    public string? Name { get; set; }
}
