using Strata.Api.Models;
using Strata.Pods;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>What no container group can give a pod, because the host is hidden or has nothing to do with the cluster. The pod is refused and says why.</summary>
internal static class UnsupportedFields
{
    public static IEnumerable<string> Of(Pod pod)
    {
        var spec = pod.Spec;
        (bool IsAsked, string Problem)[] checks =
        [
            (spec.HostNetwork, "spec.hostNetwork: the host is hidden"),
            (spec.HostPID, "spec.hostPID: the host is hidden"),
            (spec.HostIPC, "spec.hostIPC: the host is hidden"),
            (spec.HostUsers == false, "spec.hostUsers: user namespaces are not supported"),
            (spec.RuntimeClassName is { Length: > 0 }, $"spec.runtimeClassName: \"{spec.RuntimeClassName}\" is not supported"),
            (spec.ResourceClaims.Count > 0, "spec.resourceClaims: dynamic resource allocation is not supported"),
            (spec.Resources is { } resources && resources.Requests.Count + resources.Limits.Count > 0, "spec.resources: resources of the whole pod are not supported, only containers'"),
            (spec.EphemeralContainers.Count > 0, "spec.ephemeralContainers: containers cannot be added to a container group"),
            (spec.SetHostnameAsFQDN == true, "spec.setHostnameAsFQDN: not supported"),
            (spec.HostnameOverride is { Length: > 0 }, "spec.hostnameOverride: not supported"),
            (spec.Os?.Name is not (null or "" or "linux"), $"spec.os.name: \"{spec.Os?.Name}\": only Linux is supported"),
        ];
        return checks.Where(check => check.IsAsked).Select(check => check.Problem)
            .Concat(PodContainers.All(spec).SelectMany(Of))
            .Concat(spec.Volumes.Where(volume => !IsSupported(volume)).Select(volume => $"volume \"{volume.Name}\": a volume of this type cannot be attached to a container group"));
    }

    private static IEnumerable<string> Of(Container container)
    {
        (bool IsAsked, string Problem)[] checks =
        [
            (container.SecurityContext?.Privileged == true, "securityContext.privileged: the host is hidden"),
            (container.Ports.Any(port => port.HostPort > 0), "ports.hostPort: the host is hidden"),
            (container.VolumeDevices.Count > 0, "volumeDevices: block devices are not supported"),
            (container.VolumeMounts.Any(mount => mount.MountPropagation is "HostToContainer" or "Bidirectional"), "volumeMounts.mountPropagation: the host is hidden"),
            (container.RestartPolicyRules.Count > 0, "restartPolicyRules: not supported"),
            (container.Resources.Claims.Count > 0, "resources.claims: dynamic resource allocation is not supported"),
        ];
        var extended = container.Resources.Limits.Keys.Concat(container.Resources.Requests.Keys).Distinct()
            .Where(name => name is not ("cpu" or "memory" or "ephemeral-storage")).Select(name => $"resources: \"{name}\" is not offered");
        return checks.Where(check => check.IsAsked).Select(check => check.Problem).Concat(extended).Select(problem => $"container \"{container.Name}\": {problem}");
    }

    private static bool IsSupported(Volume volume) =>
        (volume.EmptyDir ?? volume.Secret ?? volume.ConfigMap ?? volume.DownwardAPI ?? (object?)volume.Projected) is not null;
}
