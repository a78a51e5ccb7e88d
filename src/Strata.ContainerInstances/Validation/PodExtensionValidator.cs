using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.Arm.ContainerGroups;

namespace Strata.ContainerInstances.Validation;

/// <summary>Checks the <see cref="PodExtension"/>: an allow list, since whatever is not named here could reach the host or another group.</summary>
internal static class PodExtensionValidator
{
    private static readonly HashSet<string> SpecMembers =
    [
        "containers", "initContainers", "volumes", "restartPolicy", "terminationGracePeriodSeconds", "activeDeadlineSeconds", "dnsPolicy", "dnsConfig",
        "hostAliases", "hostname", "subdomain", "setHostnameAsFQDN", "securityContext", "shareProcessNamespace", "enableServiceLinks",
    ];

    private static readonly HashSet<string> PodSecurityMembers =
        ["runAsUser", "runAsGroup", "runAsNonRoot", "fsGroup", "fsGroupChangePolicy", "supplementalGroups", "supplementalGroupsPolicy", "seccompProfile"];

    private static readonly HashSet<string> ContainerMembers =
    [
        "name", "command", "args", "env", "workingDir", "ports", "volumeMounts", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle",
        "terminationMessagePath", "terminationMessagePolicy", "securityContext", "stdin", "stdinOnce", "tty", "imagePullPolicy", "restartPolicy",
    ];

    private static readonly HashSet<string> ContainerSecurityMembers =
        ["runAsUser", "runAsGroup", "runAsNonRoot", "readOnlyRootFilesystem", "allowPrivilegeEscalation", "capabilities", "privileged", "seccompProfile"];

    private static readonly HashSet<string> VolumeMembers = ["name", "emptyDir", "secret", "projected", "downwardAPI"];

    public static void Check(ContainerGroup group, Problems problems)
    {
        var extensions = (group.Properties!.Extensions ?? [])
            .Where(e => string.Equals(e.Properties?.ExtensionType, PodExtension.ExtensionType, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (extensions.Length == 0)
        {
            return;
        }

        const string Target = "properties.extensions['strata.dev/pod']";
        problems.Require(extensions.Length == 1, Target, "The extension 'strata.dev/pod' is given more than once.");
        var properties = extensions[0].Properties!;
        problems.Require(properties.Version == PodExtension.Version, Target, $"Version '{properties.Version}' of the extension 'strata.dev/pod' is not known; use '1'.");
        CheckProtected(properties.ProtectedSettings, Target, problems);
        CheckMetadata(properties.Settings?["metadata"], $"{Target}.settings.metadata", problems);
        if (properties.Settings?["spec"] is { } node)
        {
            if (node is JsonObject spec)
            {
                CheckSpec(spec, group.Properties, $"{Target}.settings.spec", problems);
            }
            else
            {
                problems.Invalid($"{Target}.settings.spec", "'spec' must be an object.");
            }
        }
    }

    private static void CheckProtected(JsonObject? protectedSettings, string target, Problems problems)
    {
        foreach (var (key, value) in protectedSettings?["data"] as JsonObject ?? [])
        {
            var isBase64 = value is JsonValue text && text.TryGetValue<string>(out var content)
                && System.Buffers.Text.Base64.IsValid(System.Text.Encoding.UTF8.GetBytes(content));
            problems.Require(isBase64, $"{target}.protectedSettings.data['{key}']", "The content is not base64 text.");
        }
    }

    private static void CheckMetadata(JsonNode? metadata, string target, Problems problems)
    {
        Members(metadata, target, ["labels", "annotations"], problems);
        foreach (var map in new[] { "labels", "annotations" })
        {
            foreach (var (key, _) in (metadata as JsonObject)?[map] as JsonObject ?? [])
            {
                problems.Require(!key.StartsWith("strata.dev/", StringComparison.Ordinal), $"{target}.{map}", $"The key '{key}' is reserved.");
            }
        }
    }

    private static void CheckSpec(JsonObject spec, ContainerGroupProperties group, string target, Problems problems)
    {
        try
        {
            ModelJson.Parse<PodSpec>(JsonSerializer.SerializeToUtf8Bytes(spec, Arm.ArmJson.Default.JsonObject));
        }
        catch (JsonException e)
        {
            problems.Invalid(target, $"'spec' is not part of a Kubernetes PodSpec: {e.Message}");
            return; // The checks below rely on the types.
        }

        Members(spec, target, SpecMembers, problems);
        Members(spec["securityContext"], $"{target}.securityContext", PodSecurityMembers, problems);
        CheckSeccomp(spec["securityContext"], $"{target}.securityContext", problems);
        problems.Require(
            spec["restartPolicy"] is null || (string?)spec["restartPolicy"] == group.RestartPolicy, $"{target}.restartPolicy",
            $"The restart policy must be the group's, '{group.RestartPolicy}'.");
        CheckContainers(spec["containers"], group.Containers!, $"{target}.containers", problems);
        CheckContainers(spec["initContainers"], group.InitContainers!, $"{target}.initContainers", problems);
        foreach (var volume in Items(spec["volumes"]))
        {
            CheckVolume(volume, $"{target}.volumes['{volume["name"]}']", problems);
        }
    }

    private static void CheckContainers(JsonNode? containers, IReadOnlyList<Arm.ContainerGroups.Container> known, string target, Problems problems)
    {
        foreach (var container in Items(containers))
        {
            var name = (string?)container["name"];
            var at = $"{target}['{name}']";
            problems.Require(known.Any(c => c.Name == name), at, $"The container '{name}' is not a container of the group.");
            Members(container, at, ContainerMembers, problems);
            var security = container["securityContext"];
            Members(security, $"{at}.securityContext", ContainerSecurityMembers, problems);
            CheckSeccomp(security, $"{at}.securityContext", problems);
            UnsupportedFeatures.Refuse(problems, (bool?)security?["privileged"] == true, $"{at}.securityContext.privileged", "Privileged containers are");
            CapabilityRules.Check(
                (security?["capabilities"]?["add"] as JsonArray)?.Select(c => (string?)c ?? "").ToArray(), $"{at}.securityContext.capabilities.add", problems);
            foreach (var mount in Items(container["volumeMounts"]))
            {
                problems.Require(
                    (string?)mount["mountPropagation"] is null or "None", $"{at}.volumeMounts['{mount["name"]}']", "Mount propagation reaches the host and is refused.");
            }

            foreach (var port in Items(container["ports"]))
            {
                problems.Require(port["hostPort"] is null && port["hostIP"] is null, $"{at}.ports", "Host ports are refused: hosts are hidden.");
            }

            foreach (var variable in Items(container["env"]))
            {
                CheckSecretName(variable["valueFrom"]?["secretKeyRef"]?["name"], $"{at}.env['{variable["name"]}']", problems);
                Members(variable["valueFrom"], $"{at}.env['{variable["name"]}'].valueFrom", ["fieldRef", "resourceFieldRef", "secretKeyRef"], problems);
            }
        }
    }

    private static void CheckVolume(JsonObject volume, string target, Problems problems)
    {
        Members(volume, target, VolumeMembers, problems);
        CheckSecretName(volume["secret"]?["secretName"], target, problems);
        foreach (var source in Items(volume["projected"]?["sources"]))
        {
            Members(source, $"{target}.projected.sources", ["secret", "downwardAPI"], problems);
            CheckSecretName(source["secret"]?["name"], target, problems);
        }
    }

    private static void CheckSecretName(JsonNode? name, string target, Problems problems) => problems.Require(
        name is null || (string?)name == PodExtension.ProtectedSecretName, target,
        $"Only the secret '{PodExtension.ProtectedSecretName}', the extension's own, can be used; '{name}' is another one.");

    private static void CheckSeccomp(JsonNode? securityContext, string target, Problems problems)
    {
        var type = (string?)securityContext?["seccompProfile"]?["type"];
        UnsupportedFeatures.Refuse(problems, type is not (null or "RuntimeDefault"), $"{target}.seccompProfile", $"The seccomp profile '{type}' is");
    }

    private static void Members(JsonNode? node, string target, IReadOnlyCollection<string> allowed, Problems problems)
    {
        foreach (var (name, value) in node as JsonObject ?? [])
        {
            if (value is not null && !allowed.Contains(name))
            {
                problems.Unsupported($"{target}.{name}", $"The member '{name}' is");
            }
        }
    }

    private static IEnumerable<JsonObject> Items(JsonNode? array) => (array as JsonArray ?? []).OfType<JsonObject>();
}
