using System.Text.Json.Nodes;

namespace Strata.Arm.ContainerGroups;

/// <summary>A volume: a name and exactly one source.</summary>
public sealed record Volume
{
    public string? Name { get; set; }

    public JsonObject? EmptyDir { get; set; }

    /// <summary>File name → base64 content. Write-only: answered as an empty object.</summary>
    public IReadOnlyDictionary<string, string>? Secret { get; set; }

    public JsonObject? SecretReference { get; set; }

    public JsonObject? AzureFile { get; set; }

    public JsonObject? GitRepo { get; set; }

    internal Volume WithoutSecrets()
    {
        var azureFile = AzureFile?.DeepClone().AsObject();
        azureFile?.Remove("storageAccountKey");
        return this with { Secret = Secret is null ? null : new Dictionary<string, string>(), AzureFile = azureFile };
    }
}
