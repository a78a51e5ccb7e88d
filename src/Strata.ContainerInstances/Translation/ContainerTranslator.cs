using Strata.Arm.ContainerGroups;
using Kube = Strata.Api.Models;

namespace Strata.ContainerInstances.Translation;

internal static class ContainerTranslator
{
    public static Kube.Container Main(Container container, SecretCollector secrets)
    {
        var properties = container.Properties!;
        var requests = new GroupResources(properties.Resources!.Requests!.Cpu!.Value, properties.Resources.Requests.MemoryInGB!.Value);

        // Without a limit a container may use up to its own request, unlike in Kubernetes, where it would have none.
        var limits = new GroupResources(
            properties.Resources.Limits?.Cpu ?? requests.Cpu, properties.Resources.Limits?.MemoryInGB ?? requests.MemoryInGB);
        return Common(container, requests, limits, secrets) with
        {
            Ports = [.. properties.Ports!.Select(p => new Kube.ContainerPort { Port = p.Port, Protocol = p.Protocol! })],
            LivenessProbe = Probe(properties.LivenessProbe),
            ReadinessProbe = Probe(properties.ReadinessProbe),
        };
    }

    /// <summary>An init container has no resources of its own and may use all of the group's. Asking for exactly that does not raise
    /// the pod's request, which is the larger of the init containers' and the sum of the others.</summary>
    public static Kube.Container Init(Container container, GroupResources total, SecretCollector secrets) => Common(container, total, total, secrets);

    private static Kube.Container Common(Container container, GroupResources requests, GroupResources limits, SecretCollector secrets)
    {
        var properties = container.Properties!;
        return new Kube.Container
        {
            Name = container.Name!,
            Image = properties.Image!,
            ImagePullPolicy = "IfNotPresent",

            // ACI's command replaces the entry point and the arguments, and so does a Kubernetes command without args.
            Command = [.. properties.Command!.Select(VariableSyntax.Escape)],
            Env = [.. properties.EnvironmentVariables!.Select(v => Variable(v, container.Name!, secrets))],
            Resources = new Kube.ResourceRequirements { Requests = requests.ToQuantities(), Limits = limits.ToQuantities() },
            VolumeMounts = [.. properties.VolumeMounts!.Select(m => new Kube.VolumeMount { Name = m.Name!, MountPath = m.MountPath!, ReadOnly = m.ReadOnly == true })],
            SecurityContext = Security(properties.SecurityContext),
        };
    }

    private static Kube.EnvVar Variable(EnvironmentVariable variable, string container, SecretCollector secrets) => variable.SecureValue is { } secure
        ? new Kube.EnvVar { Name = variable.Name!, ValueFrom = new Kube.EnvVarSource { SecretKeyRef = secrets.AddVariable(container, variable.Name!, secure) } }
        : new Kube.EnvVar { Name = variable.Name!, Value = VariableSyntax.Escape(variable.Value ?? "") };

    private static Kube.Probe? Probe(ContainerProbe? probe) => probe is null ? null : new Kube.Probe
    {
        Exec = probe.Exec is null ? null : new Kube.ExecAction { Command = probe.Exec.Command! },
        HttpGet = probe.HttpGet is not { } http ? null : new Kube.HTTPGetAction
        {
            Path = string.IsNullOrEmpty(http.Path) ? "/" : http.Path,
            Port = http.Port!.Value,
            Scheme = (http.Scheme ?? "HTTP").ToUpperInvariant(),
            HttpHeaders = [.. (http.HttpHeaders ?? []).Select(h => new Kube.HTTPHeader { Name = h.Name ?? "", Value = h.Value ?? "" })],
        },
        InitialDelaySeconds = probe.InitialDelaySeconds ?? 0,
        PeriodSeconds = probe.PeriodSeconds ?? 10,
        TimeoutSeconds = probe.TimeoutSeconds ?? 1,
        SuccessThreshold = probe.SuccessThreshold ?? 1,
        FailureThreshold = probe.FailureThreshold ?? 3,
    };

    private static Kube.SecurityContext? Security(ContainerSecurityContext? security) => security is null ? null : new Kube.SecurityContext
    {
        AllowPrivilegeEscalation = security.AllowPrivilegeEscalation,
        RunAsUser = security.RunAsUser,
        RunAsGroup = security.RunAsGroup,
        Capabilities = security.Capabilities is not { } capabilities
            ? null
            : new Kube.Capabilities { Add = capabilities.Add ?? [], Drop = capabilities.Drop ?? [] },
    };
}
