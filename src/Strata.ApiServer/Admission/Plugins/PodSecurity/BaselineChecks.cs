using System.Collections.Frozen;
using System.Globalization;
using Strata.Api.Models;
using static Strata.ApiServer.Admission.Plugins.PodSecurity.SecurityFinding;

namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>Known ways out of a container. Each check is named after what it looks at (pod-security-admission: policy/check_*.go).</summary>
internal static class BaselineChecks
{
    private const string SeccompOfPod = "seccomp.security.alpha.kubernetes.io/pod";
    private const string SeccompOfContainer = "container.seccomp.security.alpha.kubernetes.io/";
    private const string AppArmorOfContainer = "container.apparmor.security.beta.kubernetes.io/";

    private static readonly FrozenSet<string> DefaultCapabilities = FrozenSet.Create(
        StringComparer.Ordinal, "AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETPCAP", "SETUID", "SYS_CHROOT");

    // With the minor version that brought them.
    private static readonly FrozenDictionary<string, int> SafeSysctls = new Dictionary<string, int>
    {
        ["kernel.shm_rmid_forced"] = 0,
        ["net.ipv4.ip_local_port_range"] = 0,
        ["net.ipv4.tcp_syncookies"] = 0,
        ["net.ipv4.ping_group_range"] = 0,
        ["net.ipv4.ip_unprivileged_port_start"] = 0,
        ["net.ipv4.ip_local_reserved_ports"] = 27,
        ["net.ipv4.tcp_keepalive_time"] = 29,
        ["net.ipv4.tcp_fin_timeout"] = 29,
        ["net.ipv4.tcp_keepalive_intvl"] = 29,
        ["net.ipv4.tcp_keepalive_probes"] = 29,
        ["net.ipv4.tcp_rmem"] = 32,
        ["net.ipv4.tcp_wmem"] = 32,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static SecurityFinding? AppArmor(SecurityPod pod)
    {
        static bool IsBad(AppArmorProfile? profile) => profile is not null && profile.Type is not ("RuntimeDefault" or "Localhost");

        var podProfile = pod.Spec.SecurityContext?.AppArmorProfile;
        var containers = pod.Where(static container => IsBad(container.SecurityContext?.AppArmorProfile));
        var annotations = pod.Annotations
            .Where(static entry => entry.Key.StartsWith(AppArmorOfContainer, StringComparison.Ordinal)
                && entry.Value is not ("" or "runtime/default") && !entry.Value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(static entry => $"{entry.Key}=\"{entry.Value}\"").Order(StringComparer.Ordinal).ToList();
        var setters = new List<string>();
        if (IsBad(podProfile) || containers.Count > 0)
        {
            setters.Add(Setters(IsBad(podProfile), containers));
        }

        if (annotations.Count > 0)
        {
            setters.Add(Plural("annotation", annotations.Count));
        }

        if (setters.Count == 0)
        {
            return null;
        }

        var values = Sorted([podProfile, .. pod.Containers.Select(static container => container.SecurityContext?.AppArmorProfile)], IsBad, static profile => profile!.Type);
        values.AddRange(annotations);
        return new SecurityFinding(Plural("forbidden AppArmor profile", values.Count), $"{string.Join(" and ", setters)} must not set AppArmor profile type to {Quoted(values)}");
    }

    public static SecurityFinding? Capabilities(SecurityPod pod)
    {
        static bool IsBad(string capability) => !DefaultCapabilities.Contains(capability);

        var bad = pod.Where(static container => container.SecurityContext?.Capabilities?.Add.Any(IsBad) == true);
        var added = Sorted(pod.Containers.SelectMany(static container => container.SecurityContext?.Capabilities?.Add ?? []), IsBad, static capability => capability);
        return bad.Count == 0 ? null : new SecurityFinding("non-default capabilities", $"{Containers(bad)} must not include {Quoted(added)} in securityContext.capabilities.add");
    }

    public static SecurityFinding? HostNamespaces(SecurityPod pod)
    {
        (string Name, bool IsUsed)[] all = [("hostIPC", pod.Spec.HostIPC), ("hostNetwork", pod.Spec.HostNetwork), ("hostPID", pod.Spec.HostPID)];
        var used = all.Where(static entry => entry.IsUsed).Select(static entry => $"{entry.Name}=true").ToList();
        return used.Count == 0 ? null : new SecurityFinding("host namespaces", string.Join(", ", used));
    }

    public static SecurityFinding? HostPathVolumes(SecurityPod pod)
    {
        var volumes = pod.Spec.Volumes.Where(static volume => volume.HostPath is not null).Select(static volume => volume.Name).ToList();
        return volumes.Count == 0 ? null : new SecurityFinding("hostPath volumes", $"{Plural("volume", volumes.Count)} {Quoted(volumes)}");
    }

    public static SecurityFinding? HostPorts(SecurityPod pod)
    {
        var bad = pod.Where(static container => container.Ports.Any(static port => port.HostPort != 0));
        var ports = Sorted(
            pod.Containers.SelectMany(static container => container.Ports), static port => port.HostPort != 0, static port => port.HostPort.ToString(CultureInfo.InvariantCulture));
        return bad.Count == 0
            ? null
            : new SecurityFinding("hostPort", $"{Containers(bad)} {(bad.Count == 1 ? "uses" : "use")} {Plural("hostPort", ports.Count)} {string.Join(", ", ports)}");
    }

    public static SecurityFinding? ProbeHosts(SecurityPod pod)
    {
        static IEnumerable<string> HostsOf(Container container) =>
            new[]
            {
                container.LivenessProbe?.HttpGet?.Host, container.LivenessProbe?.TcpSocket?.Host, container.ReadinessProbe?.HttpGet?.Host, container.ReadinessProbe?.TcpSocket?.Host,
                container.StartupProbe?.HttpGet?.Host, container.StartupProbe?.TcpSocket?.Host, container.Lifecycle?.PostStart?.HttpGet?.Host,
                container.Lifecycle?.PostStart?.TcpSocket?.Host, container.Lifecycle?.PreStop?.HttpGet?.Host, container.Lifecycle?.PreStop?.TcpSocket?.Host,
            }.Where(static host => !string.IsNullOrEmpty(host))!;

        var bad = pod.Where(static container => HostsOf(container).Any()).Distinct().Order(StringComparer.Ordinal).ToList();
        var hosts = Sorted(pod.Containers.SelectMany(HostsOf), static _ => true, static host => host);
        return bad.Count == 0
            ? null
            : new SecurityFinding(
                "probe or lifecycle host", $"{Containers(bad)} {(bad.Count == 1 ? "uses" : "use")} {Plural("probe or lifecycle host", hosts.Count)} {Quoted(hosts)}");
    }

    public static SecurityFinding? Privileged(SecurityPod pod)
    {
        var bad = pod.Where(static container => container.SecurityContext?.Privileged == true);
        return bad.Count == 0 ? null : new SecurityFinding("privileged", $"{Containers(bad)} must not set securityContext.privileged=true");
    }

    public static SecurityFinding? ProcMount(SecurityPod pod)
    {
        static bool IsBad(string? mount) => mount is not (null or "Default");

        var bad = pod.Where(static container => IsBad(container.SecurityContext?.ProcMount));
        var mounts = Sorted(pod.Containers.Select(static container => container.SecurityContext?.ProcMount), IsBad, static mount => mount!);
        return bad.Count == 0 ? null : new SecurityFinding("procMount", $"{Containers(bad)} must not set securityContext.procMount to {Quoted(mounts)}");
    }

    public static SecurityFinding? SELinux(SecurityPod pod, bool withEngine)
    {
        bool IsAllowed(string type) => type is "" or "container_t" or "container_init_t" or "container_kvm_t" || (withEngine && type == "container_engine_t");
        bool IsBad(SELinuxOptions? options) => options is not null && (!IsAllowed(options.Type) || options.User.Length > 0 || options.Role.Length > 0);

        var ofPod = pod.Spec.SecurityContext?.SeLinuxOptions;
        var bad = pod.Where(container => IsBad(container.SecurityContext?.SeLinuxOptions));
        if (!IsBad(ofPod) && bad.Count == 0)
        {
            return null;
        }

        var all = pod.Containers.Select(static container => container.SecurityContext?.SeLinuxOptions).Prepend(ofPod).OfType<SELinuxOptions>().ToList();
        var problems = new List<string>();
        if (Sorted(all, options => !IsAllowed(options.Type), static options => options.Type) is { Count: > 0 } types)
        {
            problems.Add($"{Plural("type", types.Count)} {Quoted(types)}");
        }

        if (all.Exists(static options => options.User.Length > 0))
        {
            problems.Add("user may not be set");
        }

        if (all.Exists(static options => options.Role.Length > 0))
        {
            problems.Add("role may not be set");
        }

        return new SecurityFinding("seLinuxOptions", $"{Setters(IsBad(ofPod), bad)} set forbidden securityContext.seLinuxOptions: {string.Join("; ", problems)}");
    }

    public static SecurityFinding? SeccompAnnotations(SecurityPod pod)
    {
        var bad = pod.Containers.Select(static container => SeccompOfContainer + container.Name).Prepend(SeccompOfPod)
            .Where(name => pod.Annotations.TryGetValue(name, out var value) && value is not ("runtime/default" or "docker/default") && !value.StartsWith("localhost/", StringComparison.Ordinal))
            .Select(name => $"{name}=\"{pod.Annotations[name]}\"").Distinct().Order(StringComparer.Ordinal).ToList();
        return bad.Count == 0 ? null : new SecurityFinding("seccompProfile", $"forbidden {Plural("annotation", bad.Count)} {string.Join(", ", bad)}");
    }

    /// <summary>Who sets a seccomp profile that is not one of the good ones.</summary>
    public static SecurityFinding? Seccomp(SecurityPod pod)
    {
        static bool IsBad(SeccompProfile? profile) => profile is not null && profile.Type is not ("RuntimeDefault" or "Localhost");

        var ofPod = pod.Spec.SecurityContext?.SeccompProfile;
        var bad = pod.Where(static container => IsBad(container.SecurityContext?.SeccompProfile));
        var types = Sorted([ofPod, .. pod.Containers.Select(static container => container.SecurityContext?.SeccompProfile)], IsBad, static profile => profile!.Type);
        return types.Count == 0 ? null : new SecurityFinding("seccompProfile", $"{Setters(IsBad(ofPod), bad)} must not set securityContext.seccompProfile.type to {Quoted(types)}");
    }

    public static SecurityFinding? Sysctls(SecurityPod pod, int minor)
    {
        var bad = (pod.Spec.SecurityContext?.Sysctls ?? []).Select(static sysctl => sysctl.Name).Where(name => !(SafeSysctls.TryGetValue(name, out var since) && since <= minor)).ToList();
        return bad.Count == 0 ? null : new SecurityFinding("forbidden sysctls", string.Join(", ", bad));
    }

    public static SecurityFinding? HostProcess(SecurityPod pod)
    {
        var ofPod = pod.Spec.SecurityContext?.WindowsOptions?.HostProcess == true;
        var bad = pod.Where(static container => container.SecurityContext?.WindowsOptions?.HostProcess == true);
        return ofPod || bad.Count > 0 ? new SecurityFinding("hostProcess", $"{Setters(ofPod, bad)} must not set securityContext.windowsOptions.hostProcess=true") : null;
    }

    private static List<string> Sorted<T>(IEnumerable<T> all, Func<T, bool> isBad, Func<T, string> text) =>
        [.. all.Where(isBad).Select(text).Distinct().Order(StringComparer.Ordinal)];
}
