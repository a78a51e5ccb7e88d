namespace Strata.Arm.ContainerGroups;

public sealed record ImageRegistryCredential
{
    public string? Server { get; set; }

    public string? Username { get; set; }

    /// <summary>Write-only: never answered.</summary>
    public string? Password { get; set; }

    public string? PasswordReference { get; set; }

    public string? Identity { get; set; }

    public string? IdentityUrl { get; set; }
}
