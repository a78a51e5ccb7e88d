using Strata.Api.Models;
using static Strata.ApiServer.Admission.Plugins.PodSecurity.SecurityFinding;

namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>Today's good practice: no root, no privileges, no files of the node (pod-security-admission: policy/check_*.go).</summary>
internal static class RestrictedChecks
{
    public static SecurityFinding? PrivilegeEscalation(SecurityPod pod)
    {
        var bad = pod.Where(static container => container.SecurityContext?.AllowPrivilegeEscalation != false);
        return bad.Count == 0
            ? null
            : new SecurityFinding("allowPrivilegeEscalation != false", $"{Containers(bad)} must set securityContext.allowPrivilegeEscalation=false");
    }

    public static SecurityFinding? Capabilities(SecurityPod pod)
    {
        static bool IsBad(string capability) => capability != "NET_BIND_SERVICE";

        var keeping = pod.Where(static container => container.SecurityContext?.Capabilities?.Drop.Contains("ALL") != true);
        var adding = pod.Where(static container => container.SecurityContext?.Capabilities?.Add.Any(IsBad) == true);
        var problems = new List<string>();
        if (keeping.Count > 0)
        {
            problems.Add($"{Containers(keeping)} must set securityContext.capabilities.drop=[\"ALL\"]");
        }

        if (adding.Count > 0)
        {
            var added = pod.Containers.SelectMany(static container => container.SecurityContext?.Capabilities?.Add ?? []).Where(IsBad).Distinct().Order(StringComparer.Ordinal);
            problems.Add($"{Containers(adding)} must not include {Quoted(added)} in securityContext.capabilities.add");
        }

        return problems.Count == 0 ? null : new SecurityFinding("unrestricted capabilities", string.Join("; ", problems));
    }

    public static SecurityFinding? Volumes(SecurityPod pod)
    {
        var bad = pod.Spec.Volumes.Where(static volume => !IsAllowed(volume)).ToList();
        if (bad.Count == 0)
        {
            return null;
        }

        var types = bad.Select(TypeOf).Distinct().Order(StringComparer.Ordinal).ToList();
        return new SecurityFinding(
            "restricted volume types",
            $"{Plural("volume", bad.Count)} {Quoted(bad.Select(static volume => volume.Name))} {(bad.Count == 1 ? "uses" : "use")} restricted volume {Plural("type", types.Count)} {Quoted(types)}");
    }

    public static SecurityFinding? NonRoot(SecurityPod pod)
    {
        var ofPod = pod.Spec.SecurityContext?.RunAsNonRoot;
        var bad = pod.Where(static container => container.SecurityContext?.RunAsNonRoot == false);
        if (ofPod == false || bad.Count > 0)
        {
            return new SecurityFinding("runAsNonRoot != true", $"{Setters(ofPod == false, bad)} must not set securityContext.runAsNonRoot=false");
        }

        var silent = ofPod == true ? [] : pod.Where(static container => container.SecurityContext?.RunAsNonRoot is null);
        return silent.Count == 0 ? null : new SecurityFinding("runAsNonRoot != true", $"pod or {Containers(silent)} must set securityContext.runAsNonRoot=true");
    }

    public static SecurityFinding? User(SecurityPod pod)
    {
        var ofPod = pod.Spec.SecurityContext?.RunAsUser == 0;
        var bad = pod.Where(static container => container.SecurityContext?.RunAsUser == 0);
        return ofPod || bad.Count > 0 ? new SecurityFinding("runAsUser=0", $"{Setters(ofPod, bad)} must not set runAsUser=0") : null;
    }

    public static SecurityFinding? Seccomp(SecurityPod pod)
    {
        if (BaselineChecks.Seccomp(pod) is { } wrong)
        {
            return wrong;
        }

        var silent = pod.Spec.SecurityContext?.SeccompProfile is not null ? [] : pod.Where(static container => container.SecurityContext?.SeccompProfile is null);
        return silent.Count == 0
            ? null
            : new SecurityFinding("seccompProfile", $"pod or {Containers(silent)} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"");
    }

    private static bool IsAllowed(Volume volume) =>
        volume.ConfigMap is not null || volume.Csi is not null || volume.DownwardAPI is not null || volume.EmptyDir is not null || volume.Ephemeral is not null
        || volume.PersistentVolumeClaim is not null || volume.Projected is not null || volume.Secret is not null;

    private static string TypeOf(Volume volume) => volume switch
    {
        { HostPath: not null } => "hostPath",
        { GcePersistentDisk: not null } => "gcePersistentDisk",
        { AwsElasticBlockStore: not null } => "awsElasticBlockStore",
        { GitRepo: not null } => "gitRepo",
        { Nfs: not null } => "nfs",
        { Iscsi: not null } => "iscsi",
        { Glusterfs: not null } => "glusterfs",
        { Rbd: not null } => "rbd",
        { FlexVolume: not null } => "flexVolume",
        { Cinder: not null } => "cinder",
        { Cephfs: not null } => "cephfs",
        { Flocker: not null } => "flocker",
        { Fc: not null } => "fc",
        { AzureFile: not null } => "azureFile",
        { VsphereVolume: not null } => "vsphereVolume",
        { Quobyte: not null } => "quobyte",
        { AzureDisk: not null } => "azureDisk",
        { PortworxVolume: not null } => "portworxVolume",
        { ScaleIO: not null } => "scaleIO",
        { Storageos: not null } => "storageos",
        _ => "unknown",
    };
}
