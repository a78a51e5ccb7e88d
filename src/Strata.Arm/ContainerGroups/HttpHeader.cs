namespace Strata.Arm.ContainerGroups;

public sealed record HttpHeader
{
    public string? Name { get; set; }

    public string? Value { get; set; }
}
