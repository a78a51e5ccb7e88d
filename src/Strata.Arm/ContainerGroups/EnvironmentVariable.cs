namespace Strata.Arm.ContainerGroups;

public sealed record EnvironmentVariable
{
    public string? Name { get; set; }

    public string? Value { get; set; }

    /// <summary>Write-only: never answered.</summary>
    public string? SecureValue { get; set; }

    public string? SecureValueReference { get; set; }
}
