namespace Strata.Arm.ContainerGroups;

public sealed record QuotaName
{
    /// <summary><c>ContainerGroups</c> or <c>StandardCores</c>.</summary>
    public string Value { get; set; } = "";

    public string LocalizedValue { get; set; } = "";
}
