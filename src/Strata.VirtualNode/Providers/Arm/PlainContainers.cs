using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Strata.Arm.ContainerGroups;
using Strata.Pods;
using Strata.Pods.Environment;
using Strata.Pods.Probes;
using Strata.VirtualNode.Resolution;
using Kube = Strata.Api.Models;

namespace Strata.VirtualNode.Providers.Arm;

/// <summary>Containers and volumes as ACI itself can say them. What it cannot is a problem, and what it does a little differently is a note; nothing is dropped unsaid.</summary>
internal sealed partial class PlainContainers(ResolvedPod pod, List<string> problems, List<string> notes)
{
    private const long DefaultGraceSeconds = 30;

    public ContainerProperties Fill(ContainerProperties properties, Kube.Container container)
    {
        var isInit = PodContainers.IsInit(pod.Pod.Spec, container.Name);
        Check(container, isInit);
        return properties with
        {
            Command = Command(container),
            EnvironmentVariables = [.. pod.Environments[container.Name].Variables.Select(variable => Variable(container, variable))],
            VolumeMounts = [.. container.VolumeMounts.Select(mount => new VolumeMount { Name = mount.Name, MountPath = mount.MountPath, ReadOnly = mount.ReadOnly ? true : null })],
            LivenessProbe = isInit ? null : Probe(container, container.LivenessProbe, "livenessProbe"),
            ReadinessProbe = isInit ? null : Probe(container, container.ReadinessProbe, "readinessProbe"),
            SecurityContext = Security(container),
        };
    }

    public Volume[] Volumes() => [.. pod.Pod.Spec.Volumes.Select(Volume)];

    public void CheckPod()
    {
        var spec = pod.Pod.Spec;
        Refuse(spec.HostAliases.Count > 0, "spec.hostAliases");
        Refuse(spec.Hostname.Length > 0, "spec.hostname");
        Refuse(spec.ShareProcessNamespace == true, "spec.shareProcessNamespace");
        Refuse(spec.ActiveDeadlineSeconds is not null, "spec.activeDeadlineSeconds");
        Refuse(spec.SecurityContext?.FsGroup is not null, "spec.securityContext.fsGroup");
        Refuse(spec.SecurityContext?.SupplementalGroups.Count > 0, "spec.securityContext.supplementalGroups");
        Refuse(spec.SecurityContext?.Sysctls.Count > 0, "spec.securityContext.sysctls");
        Refuse(pod.Dns is null && spec.DnsConfig is not null, "spec.dnsConfig without nameservers");
        Note(spec.TerminationGracePeriodSeconds is not (null or DefaultGraceSeconds), $"spec.terminationGracePeriodSeconds: the service has its own, whatever is asked for");
        Note(
            spec.Volumes.Any(volume => volume.Projected?.Sources.Any(source => source.ServiceAccountToken is not null) == true),
            "service account tokens are not renewed in a container group");
    }

    private void Check(Kube.Container container, bool isInit)
    {
        Refuse(container.Lifecycle is not null, Field(container, "lifecycle"));
        Refuse(container.StartupProbe is not null, Field(container, "startupProbe"));
        Refuse(container.WorkingDir.Length > 0, Field(container, "workingDir"));
        Refuse(container.Stdin || container.Tty, Field(container, "stdin and tty"));
        Refuse(container.SecurityContext?.ReadOnlyRootFilesystem == true, Field(container, "securityContext.readOnlyRootFilesystem"));
        Refuse(container.SecurityContext?.SeccompProfile?.Type == "Localhost", Field(container, "securityContext.seccompProfile"));
        Refuse(container.VolumeMounts.Any(mount => mount.SubPath.Length + mount.SubPathExpr.Length > 0), Field(container, "volumeMounts.subPath"));
        Refuse(isInit && PodContainers.IsSidecar(container), Field(container, "restartPolicy (sidecar)"));
        Refuse(isInit && (container.LivenessProbe ?? container.ReadinessProbe) is not null, Field(container, "probes of an init container"));
    }

    // ACI's command replaces entry point and arguments both, so arguments alone would lose the image's entry point.
    private IReadOnlyList<string>? Command(Kube.Container container)
    {
        Refuse(container.Command.Count == 0 && container.Args.Count > 0, Field(container, "args without command, which ACI cannot add to the image's entry point"));
        var command = VariableExpansion.ExpandAll([.. container.Command, .. container.Args], pod.Environments[container.Name].Variables);
        Refuse(command.Any(IsLate), Field(container, "command with the pod's own address"));
        return container.Command.Count == 0 ? null : command;
    }

    private EnvironmentVariable Variable(Kube.Container container, ResolvedVariable variable)
    {
        Refuse(IsLate(variable.Value), Field(container, $"env \"{variable.Name}\" with the pod's own address"));
        Refuse(!VariableRule().IsMatch(variable.Name), Field(container, $"env \"{variable.Name}\": such a name"));
        return variable.IsSecret
            ? new EnvironmentVariable { Name = variable.Name, SecureValue = variable.Value }
            : new EnvironmentVariable { Name = variable.Name, Value = variable.Value };
    }

    private Volume Volume(Kube.Volume volume)
    {
        if (!pod.Volumes.TryGetValue(volume.Name, out var content))
        {
            Note(volume.EmptyDir is { Medium.Length: > 0 } or { SizeLimit: not null }, $"volume \"{volume.Name}\": medium and sizeLimit of emptyDir have no effect in a container group");
            return new Volume { Name = volume.Name, EmptyDir = new JsonObject() };
        }

        Refuse(content.Files.Keys.Any(path => !FileRule().IsMatch(path)), $"volume \"{volume.Name}\": files in folders");
        Note(content.Files.Values.Any(file => file.Mode != 0b110_100_100), $"volume \"{volume.Name}\": file modes have no effect in a container group");
        return new Volume { Name = volume.Name, Secret = content.Files.ToDictionary(file => file.Key, file => Convert.ToBase64String(file.Value.Data.Span), StringComparer.Ordinal) };
    }

    private ContainerProbe? Probe(Kube.Container container, Kube.Probe? probe, string name)
    {
        if (probe is null)
        {
            return null;
        }

        Refuse((probe.Exec ?? (object?)probe.HttpGet) is null, Field(container, $"{name}: tcpSocket and grpc"));
        Refuse(probe.TerminationGracePeriodSeconds is not null, Field(container, $"{name}.terminationGracePeriodSeconds"));
        Refuse(probe.HttpGet is { Host.Length: > 0 }, Field(container, $"{name}.httpGet.host"));
        var port = probe.HttpGet is null ? null : ContainerPorts.Find(container, probe.HttpGet.Port);
        Refuse(probe.HttpGet is not null && port is null, Field(container, $"{name}: unable to find named port \"{probe.HttpGet?.Port}\"; a probe with it"));
        return new ContainerProbe
        {
            Exec = probe.Exec is null ? null : new ContainerProbeExec { Command = probe.Exec.Command },
            HttpGet = probe.HttpGet is not { } get ? null : new ContainerProbeHttpGet
            {
                Path = get.Path,
                Port = port,
                Scheme = get.Scheme.Length == 0 ? "http" : get.Scheme.ToLowerInvariant(),
                HttpHeaders = get.HttpHeaders.Count == 0 ? null : [.. get.HttpHeaders.Select(header => new HttpHeader { Name = header.Name, Value = header.Value })],
            },
            InitialDelaySeconds = Given(probe.InitialDelaySeconds),
            PeriodSeconds = Given(probe.PeriodSeconds),
            TimeoutSeconds = Given(probe.TimeoutSeconds),
            SuccessThreshold = Given(probe.SuccessThreshold),
            FailureThreshold = Given(probe.FailureThreshold),
        };
    }

    private ContainerSecurityContext? Security(Kube.Container container)
    {
        var (own, shared) = (container.SecurityContext, pod.Pod.Spec.SecurityContext);
        var (user, group) = (own?.RunAsUser ?? shared?.RunAsUser, own?.RunAsGroup ?? shared?.RunAsGroup);
        Refuse((own?.RunAsNonRoot ?? shared?.RunAsNonRoot) == true && user is null or 0, Field(container, "securityContext.runAsNonRoot without a runAsUser"));
        return (user, group, own?.AllowPrivilegeEscalation, own?.Capabilities) is (null, null, null, null) ? null : new ContainerSecurityContext
        {
            RunAsUser = (int?)user,
            RunAsGroup = (int?)group,
            AllowPrivilegeEscalation = own?.AllowPrivilegeEscalation,
            Capabilities = own?.Capabilities is not { } capabilities ? null : new ContainerCapabilities { Add = [.. capabilities.Add], Drop = [.. capabilities.Drop] },
        };
    }

    private void Refuse(bool isAsked, string field)
    {
        if (isAsked)
        {
            problems.Add($"{field}: not supported by the container instance service");
        }
    }

    private void Note(bool applies, string note)
    {
        if (applies)
        {
            notes.Add(note);
        }
    }

    private static string Field(Kube.Container container, string field) => $"container \"{container.Name}\": {field}";

    private static bool IsLate(string value) => value.Contains(ResolvedPod.AddressPlaceholder, StringComparison.Ordinal);

    private static int? Given(int value) => value == 0 ? null : value;

    [GeneratedRegex("^[a-zA-Z_][a-zA-Z0-9_]*$")]
    private static partial Regex VariableRule();

    [GeneratedRegex("^[-._a-zA-Z0-9]{1,253}$")]
    private static partial Regex FileRule();
}
