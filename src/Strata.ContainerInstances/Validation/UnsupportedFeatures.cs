using System.Text.Json.Nodes;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

/// <summary>Refuses what Azure offers and this service does not. Nothing is ever ignored in silence: a caller who asked for an
/// encrypted disk or a managed identity must not get a group without it.</summary>
internal static class UnsupportedFeatures
{
    public static void Check(ContainerGroup group, InstanceLimits limits, Problems problems)
    {
        var properties = group.Properties!;
        Refuse(problems, properties.OsType == "Windows", "properties.osType", "Windows containers are");
        Refuse(problems, properties.Sku != "Standard", "properties.sku", $"The SKU '{properties.Sku}' is");
        Refuse(problems, properties.Priority != "Regular", "properties.priority", $"The priority '{properties.Priority}' is");
        Refuse(problems, group.Zones is { Count: > 0 }, "zones", "Availability zones are");
        Refuse(problems, IsIdentity(group.Identity), "identity", "Managed identities are");
        Refuse(problems, properties.IdentityAcls is not null, "properties.identityAcls", "Managed identities are");
        Refuse(problems, properties.ConfidentialComputeProperties is not null, "properties.confidentialComputeProperties", "Confidential containers are");
        Refuse(problems, properties.EncryptionProperties is not null, "properties.encryptionProperties", "Encryption with a customer's key is");
        Refuse(problems, properties.SecretReferences is { Count: > 0 }, "properties.secretReferences", "Key Vault references are");
        Refuse(problems, properties.Diagnostics is { Count: > 0 }, "properties.diagnostics", "Log Analytics is");
        Refuse(problems, properties.ContainerGroupProfile is not null, "properties.containerGroupProfile", "Container group profiles are");
        Refuse(problems, properties.StandbyPoolProfile is not null, "properties.standbyPoolProfile", "Standby pools are");
        Refuse(problems, properties.IpAddress?.DnsNameLabel is not null, "properties.ipAddress.dnsNameLabel", "DNS name labels are");
        foreach (var subnet in properties.SubnetIds ?? [])
        {
            var isOwn = limits.SubnetId is not null && string.Equals(subnet.Id, limits.SubnetId, StringComparison.OrdinalIgnoreCase);
            Refuse(problems, !isOwn, "properties.subnetIds", $"The subnet '{subnet.Id}' is");
        }

        foreach (var extension in properties.Extensions ?? [])
        {
            var isOwn = string.Equals(extension.Properties?.ExtensionType, PodExtension.ExtensionType, StringComparison.OrdinalIgnoreCase);
            Refuse(problems, !isOwn, "properties.extensions", $"The extension type '{extension.Properties?.ExtensionType}' is");
        }

        foreach (var credential in properties.ImageRegistryCredentials ?? [])
        {
            Refuse(problems, credential.Identity is not null, "properties.imageRegistryCredentials.identity", "Managed identities are");
            Refuse(problems, credential.PasswordReference is not null, "properties.imageRegistryCredentials.passwordReference", "Key Vault references are");
        }
    }

    /// <summary>Features of one container; gitRepo, azureFile and the like are with the volumes.</summary>
    public static void Check(ContainerProperties container, string target, Problems problems)
    {
        Refuse(problems, container.Resources?.Requests?.Gpu is not null, $"{target}.resources.requests.gpu", "GPUs are");
        Refuse(problems, container.Resources?.Limits?.Gpu is not null, $"{target}.resources.limits.gpu", "GPUs are");
        Refuse(problems, container.ConfigMap is { Count: > 0 }, $"{target}.configMap", "Config maps of containers are");
        Refuse(problems, container.SecurityContext?.Privileged == true, $"{target}.securityContext.privileged", "Privileged containers are");
        Refuse(problems, container.SecurityContext?.SeccompProfile is not null, $"{target}.securityContext.seccompProfile", "Custom seccomp profiles are");
        foreach (var variable in container.EnvironmentVariables ?? [])
        {
            Refuse(problems, variable.SecureValueReference is not null, $"{target}.environmentVariables['{variable.Name}'].secureValueReference", "Key Vault references are");
        }
    }

    public static void Refuse(Problems problems, bool isAskedFor, string target, string feature)
    {
        if (isAskedFor)
        {
            problems.Unsupported(target, feature);
        }
    }

    private static bool IsIdentity(JsonObject? identity) =>
        identity?["type"] is { } type && !string.Equals(type.ToString(), "None", StringComparison.OrdinalIgnoreCase);
}
