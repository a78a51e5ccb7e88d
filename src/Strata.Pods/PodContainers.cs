using Strata.Api.Models;

namespace Strata.Pods;

/// <summary>Ways to look at the containers of a pod spec.</summary>
public static class PodContainers
{
    /// <summary>Init containers, then containers, then ephemeral ones (as plain containers).</summary>
    public static IEnumerable<Container> All(PodSpec spec) =>
        spec.InitContainers.Concat(spec.Containers).Concat(spec.EphemeralContainers.Select(AsContainer));

    /// <summary>The container of that name, of any sort; null when there is none.</summary>
    public static Container? Find(PodSpec spec, string name) => All(spec).FirstOrDefault(container => container.Name == name);

    public static bool IsInit(PodSpec spec, string name) => spec.InitContainers.Any(container => container.Name == name);

    public static bool IsEphemeral(PodSpec spec, string name) => spec.EphemeralContainers.Any(container => container.Name == name);

    /// <summary>An init container that keeps running beside the app containers (KEP-753).</summary>
    public static bool IsSidecar(Container container) => container.RestartPolicy == "Always";

    /// <summary>Init containers that keep running.</summary>
    public static IEnumerable<Container> Sidecars(PodSpec spec) => spec.InitContainers.Where(IsSidecar);

    public static Container AsContainer(EphemeralContainer source) => new()
    {
        Name = source.Name,
        Image = source.Image,
        Command = source.Command,
        Args = source.Args,
        WorkingDir = source.WorkingDir,
        EnvFrom = source.EnvFrom,
        Env = source.Env,
        Resources = source.Resources,
        VolumeMounts = source.VolumeMounts,
        VolumeDevices = source.VolumeDevices,
        TerminationMessagePath = source.TerminationMessagePath,
        TerminationMessagePolicy = source.TerminationMessagePolicy,
        ImagePullPolicy = source.ImagePullPolicy,
        SecurityContext = source.SecurityContext,
        Stdin = source.Stdin,
        StdinOnce = source.StdinOnce,
        Tty = source.Tty,
        RestartPolicy = "Never",
    };

    /// <summary>The field path that events and <c>kubectl</c> use, for example <c>spec.containers{web}</c>.</summary>
    public static string FieldPath(PodSpec spec, string name) =>
        IsInit(spec, name) ? $"spec.initContainers{{{name}}}"
        : IsEphemeral(spec, name) ? $"spec.ephemeralContainers{{{name}}}"
        : $"spec.containers{{{name}}}";
}
