using Strata.Api.Models;
using Strata.Pods;

namespace Strata.NodeAgent.Pods;

/// <summary>What pods may ask for and this node does not do. Such a pod is not started and says why; nothing is ignored in silence.</summary>
internal static class PodFeatures
{
    public static string? Unsupported(Pod pod)
    {
        var spec = pod.Spec;
        return spec switch
        {
            { Os.Name: not (null or "" or "linux") } => $"spec.os.name \"{spec.Os!.Name}\": this node runs Linux containers only",
            { HostUsers: false } => "spec.hostUsers: user namespaces are not supported by this node",
            { RuntimeClassName.Length: > 0 } => $"spec.runtimeClassName \"{spec.RuntimeClassName}\": this node has one container runtime, and choosing another is not supported",
            { ResourceClaims.Count: > 0 } => "spec.resourceClaims: dynamic resource allocation is not supported by this node",
            { SecurityContext.SeLinuxOptions: not null } => "spec.securityContext.seLinuxOptions: SELinux is not supported by this node",
            { SecurityContext.SupplementalGroupsPolicy: "Strict" } => "spec.securityContext.supplementalGroupsPolicy: Strict is not supported by this node",
            { SecurityContext.AppArmorProfile.Type: "Localhost" } => "spec.securityContext.appArmorProfile: AppArmor is not supported by this node",
            _ => PodContainers.All(spec).Select(Unsupported).FirstOrDefault(problem => problem is not null),
        };
    }

    private static string? Unsupported(Container container)
    {
        var problem = container switch
        {
            { VolumeDevices.Count: > 0 } => "volumeDevices: raw block volumes are not supported by this node",
            { SecurityContext.SeLinuxOptions: not null } => "securityContext.seLinuxOptions: SELinux is not supported by this node",
            { SecurityContext.AppArmorProfile.Type: "Localhost" } => "securityContext.appArmorProfile: AppArmor is not supported by this node",
            { Lifecycle.StopSignal: { Length: > 0 } } => "lifecycle.stopSignal is not supported by the container runtime of this node",
            { Resources.Claims.Count: > 0 } => "resources.claims: dynamic resource allocation is not supported by this node",
            _ => null,
        };
        problem ??= container.RestartPolicyRules.Any(rule => rule.Action != "Restart") ? "restartPolicyRules: only the action Restart is supported by this node" : null;
        problem ??= container.VolumeMounts.Any(mount => mount.RecursiveReadOnly is "Enabled") ? "volumeMounts.recursiveReadOnly: Enabled is not supported by this node" : null;
        problem ??= container.Resources.Limits.Keys.FirstOrDefault(name => name.StartsWith("hugepages-", StringComparison.Ordinal)) is { } huge ? $"resources.limits.{huge} is not supported by this node" : null;
        return problem is null ? null : $"container \"{container.Name}\": {problem}";
    }
}
