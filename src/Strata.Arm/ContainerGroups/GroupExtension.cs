namespace Strata.Arm.ContainerGroups;

/// <summary>An add-on of a group, see <see cref="PodExtension"/> for Strata's own.</summary>
public sealed record GroupExtension
{
    public string? Name { get; set; }

    public GroupExtensionProperties? Properties { get; set; }

    internal GroupExtension WithoutSecrets() =>
        this with { Properties = Properties is null ? null : Properties with { ProtectedSettings = null } };
}
