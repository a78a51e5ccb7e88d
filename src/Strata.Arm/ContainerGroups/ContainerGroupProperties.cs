using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Strata.Arm.ContainerGroups;

public sealed record ContainerGroupProperties
{
    /// <summary>Read-only: outcome of the last control operation, see <see cref="ProvisioningStates"/>.</summary>
    public string? ProvisioningState { get; set; }

    public IReadOnlyList<Container>? Containers { get; set; }

    public IReadOnlyList<Container>? InitContainers { get; set; }

    public string? OsType { get; set; }

    /// <summary><c>Always</c> (default), <c>OnFailure</c> or <c>Never</c>.</summary>
    public string? RestartPolicy { get; set; }

    public IPAddressConfiguration? IpAddress { get; set; }

    public IReadOnlyList<Volume>? Volumes { get; set; }

    public IReadOnlyList<ImageRegistryCredential>? ImageRegistryCredentials { get; set; }

    public IReadOnlyList<JsonObject>? SecretReferences { get; set; }

    public IReadOnlyList<SubnetReference>? SubnetIds { get; set; }

    public DnsConfiguration? DnsConfig { get; set; }

    public JsonObject? Diagnostics { get; set; }

    public string? Sku { get; set; }

    public JsonObject? ConfidentialComputeProperties { get; set; }

    public string? Priority { get; set; }

    public JsonObject? EncryptionProperties { get; set; }

    public JsonObject? IdentityAcls { get; set; }

    public IReadOnlyList<GroupExtension>? Extensions { get; set; }

    public JsonObject? ContainerGroupProfile { get; set; }

    public JsonObject? StandbyPoolProfile { get; set; }

    public bool? IsCreatedFromStandbyPool { get; set; }

    /// <summary>Read-only; absent in lists unless <c>$expand=instanceView</c> is asked for.</summary>
    public GroupInstanceView? InstanceView { get; set; }

    [JsonExtensionData]
    public JsonObject? Unknown { get; set; }

    internal ContainerGroupProperties WithoutSecrets() => this with
    {
        Containers = Containers?.Select(c => c.WithoutSecrets()).ToArray(),
        InitContainers = InitContainers?.Select(c => c.WithoutSecrets()).ToArray(),
        Volumes = Volumes?.Select(v => v.WithoutSecrets()).ToArray(),
        ImageRegistryCredentials = ImageRegistryCredentials?.Select(c => c with { Password = null }).ToArray(),
        Extensions = Extensions?.Select(e => e.WithoutSecrets()).ToArray(),
        Diagnostics = WithoutWorkspaceKey(Diagnostics),
    };

    private static JsonObject? WithoutWorkspaceKey(JsonObject? diagnostics)
    {
        var copy = diagnostics?.DeepClone().AsObject();
        (copy?["logAnalytics"] as JsonObject)?.Remove("workspaceKey");
        return copy;
    }
}
