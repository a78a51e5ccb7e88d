using Google.Protobuf.Collections;
using Strata.Pods.Runtime;
using V1 = Strata.Cri.V1;

namespace Strata.NodeAgent.Cri;

/// <summary>CRI messages from and to the seam's records. Pure.</summary>
internal static class CriTranslation
{
    // Source: kubernetes pkg/securitycontext/util.go (defaultMaskedPaths, defaultReadonlyPaths).
    private static readonly string[] MaskedPaths =
    [
        "/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list", "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi",
        "/sys/firmware", "/sys/devices/virtual/powercap",
    ];

    private static readonly string[] ReadOnlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];

    public static SandboxRecord Sandbox(V1.PodSandbox sandbox) => new()
    {
        Id = sandbox.Id,
        PodUid = sandbox.Metadata.Uid,
        PodNamespace = sandbox.Metadata.Namespace,
        PodName = sandbox.Metadata.Name,
        Attempt = (int)sandbox.Metadata.Attempt,
        IsReady = sandbox.State == V1.PodSandboxState.SandboxReady,
        CreatedAt = Time(sandbox.CreatedAt) ?? default,
    };

    public static SandboxRecord Sandbox(V1.PodSandboxStatus sandbox) => new()
    {
        Id = sandbox.Id,
        PodUid = sandbox.Metadata.Uid,
        PodNamespace = sandbox.Metadata.Namespace,
        PodName = sandbox.Metadata.Name,
        Attempt = (int)sandbox.Metadata.Attempt,
        IsReady = sandbox.State == V1.PodSandboxState.SandboxReady,
        CreatedAt = Time(sandbox.CreatedAt) ?? default,
        IPs = string.IsNullOrEmpty(sandbox.Network?.Ip) ? [] : [sandbox.Network.Ip, .. sandbox.Network.AdditionalIps.Select(address => address.Ip)],
    };

    public static ContainerRecord Container(V1.Container container) => new()
    {
        Id = container.Id,
        SandboxId = container.PodSandboxId,
        PodUid = container.Labels.GetValueOrDefault(CriLabels.PodUid, ""),
        PodNamespace = container.Labels.GetValueOrDefault(CriLabels.PodNamespace, ""),
        PodName = container.Labels.GetValueOrDefault(CriLabels.PodName, ""),
        Name = container.Metadata.Name,
        Attempt = (int)container.Metadata.Attempt,
        Phase = Phase(container.State),
        CreatedAt = Time(container.CreatedAt) ?? default,
        ImageId = container.ImageRef,
    };

    public static ContainerRecord Container(V1.ContainerStatus container) => new()
    {
        Id = container.Id,
        SandboxId = container.Annotations.GetValueOrDefault(ContainerAnnotations.SandboxId, ""),
        PodUid = container.Labels.GetValueOrDefault(CriLabels.PodUid, ""),
        PodNamespace = container.Labels.GetValueOrDefault(CriLabels.PodNamespace, ""),
        PodName = container.Labels.GetValueOrDefault(CriLabels.PodName, ""),
        Name = container.Metadata.Name,
        Attempt = (int)container.Metadata.Attempt,
        Phase = Phase(container.State),
        CreatedAt = Time(container.CreatedAt) ?? default,
        StartedAt = Time(container.StartedAt),
        FinishedAt = Time(container.FinishedAt),
        ExitCode = container.ExitCode,
        Reason = container.Reason,
        Message = container.Message,
        Image = container.Annotations.GetValueOrDefault(ContainerAnnotations.ImageName, container.Image?.Image ?? ""),
        ImageId = container.ImageRef,
        LogPath = container.LogPath,
        Annotations = Copy(container.Annotations),
    };

    public static RuntimeImage Image(V1.Image image) => new(
        image.Id, [.. image.RepoDigests, .. image.RepoTags], (long)image.Size, image.Uid?.Value, image.Uid is null ? UserName(image.Username) : "");

    public static ContainerUsage Usage(V1.ContainerStats stats)
    {
        var labels = stats.Attributes.Labels;
        return new ContainerUsage(
            stats.Attributes.Id,
            labels.GetValueOrDefault(CriLabels.PodUid, ""), labels.GetValueOrDefault(CriLabels.PodNamespace, ""), labels.GetValueOrDefault(CriLabels.PodName, ""),
            stats.Attributes.Metadata.Name,
            (long)(stats.Cpu?.UsageCoreNanoSeconds?.Value ?? 0), (long)(stats.Memory?.WorkingSetBytes?.Value ?? 0), (long)(stats.Memory?.UsageBytes?.Value ?? 0),
            (long)(stats.Memory?.RssBytes?.Value ?? 0), (long)(stats.WritableLayer?.UsedBytes?.Value ?? 0), (long)(stats.WritableLayer?.InodesUsed?.Value ?? 0),
            Time(stats.Cpu?.Timestamp ?? stats.Memory?.Timestamp ?? 0) ?? DateTimeOffset.UnixEpoch);
    }

    public static V1.PodSandboxConfig SandboxConfig(SandboxSpec spec, string agentId)
    {
        var security = new V1.LinuxSandboxSecurityContext
        {
            NamespaceOptions = Namespaces(spec),
            Privileged = spec.Privileged,
            Seccomp = new V1.SecurityProfile { ProfileType = spec.Privileged ? V1.SecurityProfile.Types.ProfileType.Unconfined : V1.SecurityProfile.Types.ProfileType.RuntimeDefault },
            RunAsUser = Wrap(spec.RunAsUser),
            RunAsGroup = spec.RunAsUser is null ? null : Wrap(spec.RunAsGroup),
        };
        security.SupplementalGroups.AddRange(spec.SupplementalGroups);
        var config = new V1.PodSandboxConfig
        {
            Metadata = new V1.PodSandboxMetadata { Name = spec.PodName, Namespace = spec.PodNamespace, Uid = spec.PodUid, Attempt = (uint)spec.Attempt },
            Hostname = spec.HostNetwork ? "" : spec.Hostname,
            LogDirectory = spec.LogDirectory,
            Linux = new V1.LinuxPodSandboxConfig { CgroupParent = spec.CgroupParent, SecurityContext = security },
        };
        if (spec.Dns is { } dns)
        {
            config.DnsConfig = new V1.DNSConfig();
            config.DnsConfig.Servers.AddRange(dns.Servers);
            config.DnsConfig.Searches.AddRange(dns.Searches);
            config.DnsConfig.Options.AddRange(dns.Options);
        }

        config.PortMappings.AddRange(spec.Ports.Select(port => new V1.PortMapping
        {
            Protocol = port.Protocol switch { "UDP" => V1.Protocol.Udp, "SCTP" => V1.Protocol.Sctp, _ => V1.Protocol.Tcp },
            ContainerPort = port.ContainerPort,
            HostPort = port.HostPort,
            HostIp = port.HostIP,
        }));
        config.Linux.Sysctls.Add(spec.Sysctls.ToDictionary());
        AddIdentity(config.Labels, spec, agentId);
        Merge(config.Labels, spec.Labels);
        Merge(config.Annotations, spec.Annotations);
        return config;
    }

    public static V1.ContainerConfig ContainerConfig(SandboxSpec sandbox, string sandboxId, ContainerSpec spec, string agentId)
    {
        var config = new V1.ContainerConfig
        {
            Metadata = new V1.ContainerMetadata { Name = spec.Name, Attempt = (uint)spec.Attempt },
            Image = new V1.ImageSpec { Image = spec.Image },
            WorkingDir = spec.WorkingDirectory,
            LogPath = spec.LogPath,
            Stdin = spec.Stdin,
            StdinOnce = spec.StdinOnce,
            Tty = spec.Tty,
            Linux = new V1.LinuxContainerConfig { Resources = Resources(spec.Resources), SecurityContext = Security(sandbox, spec.Security) },
        };
        config.Command.AddRange(spec.Command);
        config.Args.AddRange(spec.Args);
        config.Envs.AddRange(spec.Environment.Select(variable => new V1.KeyValue { Key = variable.Key, Value = variable.Value }));
        config.Mounts.AddRange(spec.Mounts.Select(mount => new V1.Mount
        {
            ContainerPath = mount.ContainerPath,
            HostPath = mount.HostPath,
            Readonly = mount.ReadOnly,
            Propagation = mount.Propagation switch
            {
                "Bidirectional" => V1.MountPropagation.PropagationBidirectional,
                "HostToContainer" => V1.MountPropagation.PropagationHostToContainer,
                _ => V1.MountPropagation.PropagationPrivate,
            },
        }));
        AddIdentity(config.Labels, sandbox, agentId);
        config.Labels[CriLabels.ContainerName] = spec.Name;
        Merge(config.Labels, spec.Labels);
        Merge(config.Annotations, spec.Annotations);
        config.Annotations[ContainerAnnotations.SandboxId] = sandboxId;
        config.Annotations[ContainerAnnotations.ImageName] = spec.ImageName;
        return config;
    }

    public static V1.LinuxContainerResources Resources(LinuxResources resources) => new()
    {
        CpuShares = resources.CpuShares,
        CpuQuota = resources.CpuQuota,
        CpuPeriod = resources.CpuPeriod,
        MemoryLimitInBytes = resources.MemoryLimitBytes,
        OomScoreAdj = resources.OomScoreAdjust,
    };

    private static V1.LinuxContainerSecurityContext Security(SandboxSpec sandbox, ContainerSecurity security)
    {
        var context = new V1.LinuxContainerSecurityContext
        {
            Privileged = security.Privileged,
            NamespaceOptions = Namespaces(sandbox),
            ReadonlyRootfs = security.ReadOnlyRoot,
            NoNewPrivs = security.NoNewPrivileges,
            RunAsUser = Wrap(security.RunAsUser),
            RunAsUsername = security.RunAsUserName,
            Capabilities = new V1.Capability(),
            Seccomp = new V1.SecurityProfile
            {
                ProfileType = security.Seccomp switch
                {
                    SeccompMode.RuntimeDefault => V1.SecurityProfile.Types.ProfileType.RuntimeDefault,
                    SeccompMode.Localhost => V1.SecurityProfile.Types.ProfileType.Localhost,
                    _ => V1.SecurityProfile.Types.ProfileType.Unconfined,
                },
                LocalhostRef = security.SeccompProfilePath,
            },
        };

        // CRI takes a group only together with a user.
        context.RunAsGroup = security.RunAsUser is null && security.RunAsUserName.Length == 0 ? null : Wrap(security.RunAsGroup);
        context.SupplementalGroups.AddRange(security.SupplementalGroups);
        context.Capabilities.AddCapabilities.AddRange(security.AddCapabilities);
        context.Capabilities.DropCapabilities.AddRange(security.DropCapabilities);
        if (!security.UnmaskedProc && !security.Privileged)
        {
            context.MaskedPaths.AddRange(MaskedPaths);
            context.ReadonlyPaths.AddRange(ReadOnlyPaths);
        }

        return context;
    }

    private static V1.NamespaceOption Namespaces(SandboxSpec spec) => new()
    {
        Network = spec.HostNetwork ? V1.NamespaceMode.Node : V1.NamespaceMode.Pod,
        Pid = spec.HostPid ? V1.NamespaceMode.Node : spec.SharedPid ? V1.NamespaceMode.Pod : V1.NamespaceMode.Container,
        Ipc = spec.HostIpc ? V1.NamespaceMode.Node : V1.NamespaceMode.Pod,
    };

    private static void AddIdentity(MapField<string, string> labels, SandboxSpec spec, string agentId)
    {
        labels[CriLabels.PodName] = spec.PodName;
        labels[CriLabels.PodNamespace] = spec.PodNamespace;
        labels[CriLabels.PodUid] = spec.PodUid;
        labels[CriLabels.Agent] = agentId;
    }

    private static void Merge(MapField<string, string> target, IReadOnlyDictionary<string, string> source)
    {
        foreach (var (key, value) in source)
        {
            target[key] = value;
        }
    }

    private static Dictionary<string, string> Copy(MapField<string, string> source) => source.ToDictionary(StringComparer.Ordinal);

    private static V1.Int64Value? Wrap(long? value) => value is { } number ? new V1.Int64Value { Value = number } : null;

    private static ContainerPhase Phase(V1.ContainerState state) => state switch
    {
        V1.ContainerState.ContainerCreated => ContainerPhase.Created,
        V1.ContainerState.ContainerRunning => ContainerPhase.Running,
        V1.ContainerState.ContainerExited => ContainerPhase.Exited,
        _ => ContainerPhase.Unknown,
    };

    // An image user may be "name" or "name:group".
    private static string UserName(string user) => user.Split(':')[0];

    private static DateTimeOffset? Time(long nanoseconds) => nanoseconds <= 0 ? null : DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);
}
