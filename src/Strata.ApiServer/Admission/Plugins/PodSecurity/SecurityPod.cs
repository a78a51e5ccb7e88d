using Strata.Api.Models;

namespace Strata.ApiServer.Admission.Plugins.PodSecurity;

/// <summary>A pod, or the template of one, with all its containers in the order in which the checks name them.</summary>
internal sealed class SecurityPod(IReadOnlyDictionary<string, string> annotations, PodSpec spec)
{
    public IReadOnlyDictionary<string, string> Annotations { get; } = annotations;

    public PodSpec Spec { get; } = spec;

    public bool IsWindows => Spec.Os?.Name == "windows";

    public IReadOnlyList<Container> Containers { get; } = [.. spec.InitContainers, .. spec.Containers, .. spec.EphemeralContainers.Select(AsContainer)];

    /// <summary>The names of the containers of which something is true.</summary>
    public IReadOnlyList<string> Where(Func<Container, bool> isBad) => [.. Containers.Where(isBad).Select(static container => container.Name)];

    private static Container AsContainer(EphemeralContainer container) => new()
    {
        Name = container.Name,
        Ports = container.Ports,
        LivenessProbe = container.LivenessProbe,
        ReadinessProbe = container.ReadinessProbe,
        StartupProbe = container.StartupProbe,
        Lifecycle = container.Lifecycle,
        SecurityContext = container.SecurityContext,
    };
}
