using System.Text.Json.Nodes;

namespace Strata.Arm.ContainerGroups;

/// <summary>Strata's extension of a container group for what Kubernetes can say and ACI cannot: every kind of probe, host aliases,
/// life-cycle hooks, files with modes, downward values, DNS, termination grace. Only a service that advertises it understands it;
/// Azure refuses or ignores it, so a client sends it only where it is configured to.</summary>
/// <remarks>
/// <code>
/// "extensions": [{ "name": "pod", "properties": {
///   "extensionType": "strata.dev/pod", "version": "1",
///   "settings": {
///     "metadata": { "labels": {…}, "annotations": {…} },
///     "spec": { …part of a Kubernetes PodSpec… } },
///   "protectedSettings": { "data": { "&lt;key&gt;": "&lt;base64&gt;" } } } }]
/// </code>
/// <para><b>spec</b> is laid over the pod that the group would become: its members replace the group's, and entries of containers,
/// initContainers and volumes are matched by name and replaced member by member. Every container must exist in the group, from
/// which image and resources always come. Host access (hostPath, hostNetwork, privileged and the like) is refused.</para>
/// <para><b>protectedSettings.data</b> becomes one Secret. The spec names it <see cref="ProtectedSecretName"/> wherever a Secret's name
/// stands (secret and projected volumes, <c>secretKeyRef</c>). A PUT that changes nothing else replaces the Secret in place, without
/// a restart: this is how tokens are rotated and mounted files updated.</para>
/// <para>Answers carry the pod's status beside the settings, as <see cref="GroupExtensionProperties.Status"/>.</para>
/// </remarks>
public static class PodExtension
{
    public const string ExtensionType = "strata.dev/pod";
    public const string Version = "1";
    public const string ProtectedSecretName = "protected-settings";

    public static GroupExtension Create(JsonObject settings, IReadOnlyDictionary<string, byte[]>? protectedData)
    {
        var data = new JsonObject();
        foreach (var (key, content) in protectedData ?? new Dictionary<string, byte[]>())
        {
            data[key] = Convert.ToBase64String(content);
        }

        return new GroupExtension
        {
            Name = "pod",
            Properties = new GroupExtensionProperties
            {
                ExtensionType = ExtensionType,
                Version = Version,
                Settings = settings,
                ProtectedSettings = data.Count == 0 ? null : new JsonObject { ["data"] = data },
            },
        };
    }

    public static GroupExtension? Find(ContainerGroup group) =>
        group.Properties?.Extensions?.FirstOrDefault(
            e => string.Equals(e.Properties?.ExtensionType, ExtensionType, StringComparison.OrdinalIgnoreCase));
}
