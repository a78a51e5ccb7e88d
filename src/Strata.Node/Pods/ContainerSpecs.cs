using Strata.Api.Models;
using Strata.NodeAgent.Cri;
using Strata.NodeAgent.Volumes;
using Strata.Pods.Environment;
using Strata.Pods.Lifecycle;
using Strata.Pods.References;
using Strata.Pods.Resources;
using Strata.Pods.Runtime;
using Strata.Pods.Security;

namespace Strata.NodeAgent.Pods;

/// <summary>Builds what the runtime is told about a container, from the pod spec and all that it refers to.</summary>
internal static class ContainerSpecs
{
    private const string DefaultMessagePath = "/dev/termination-log";

    /// <returns>The spec, or why the container cannot be configured.</returns>
    public static (ContainerSpec? Spec, string? Problem) Build(
        Pod pod, ContainerToStart start, RuntimeImage image, IReadOnlyDictionary<string, string> volumes, ReferencedObjects objects, PodRuntimeFacts facts, PodServices services)
    {
        var container = start.Spec;
        var environment = EnvironmentResolver.Resolve(pod, container, objects, facts);
        if (environment.InvalidNames.Count > 0)
        {
            services.Events.Record(
                pod, "Warning", "InvalidEnvironmentVariableNames",
                $"Keys [{string.Join(", ", environment.InvalidNames)}] were skipped since they are considered invalid environment variable names.");
        }

        var security = SecurityResolver.Resolve(pod, container, image, services.Paths.Seccomp);
        if ((environment.Error ?? security.Error) is { } problem)
        {
            return (null, problem);
        }

        try
        {
            var messageFile = PrepareMessageFile(pod, start, services.Paths);
            var spec = new ContainerSpec
            {
                Name = container.Name,
                Attempt = start.Attempt,
                Image = image.Id,
                ImageName = container.Image,
                Command = VariableExpansion.ExpandAll(container.Command, environment.Variables),
                Args = VariableExpansion.ExpandAll(container.Args, environment.Variables),
                WorkingDirectory = container.WorkingDir,
                Environment = [.. environment.Variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value))],
                Mounts = [.. MountPlan.For(pod, container, volumes, environment.Variables, services.Paths), .. OwnMounts(pod, container, messageFile, services.Paths)],
                LogPath = PrepareLog(pod, start, services.Paths),
                Stdin = container.Stdin,
                StdinOnce = container.StdinOnce,
                Tty = container.Tty,
                Resources = ResourceConversion.ForContainer(pod, container, services.Facts.MemoryCapacityBytes),
                Security = security.Security,
                Annotations = new Dictionary<string, string>
                {
                    [ContainerAnnotations.TerminationMessageFile] = messageFile,
                    [ContainerAnnotations.TerminationMessagePolicy] = container.TerminationMessagePolicy,
                    [ContainerAnnotations.TerminationGracePeriod] = FormattableString.Invariant($"{pod.Spec.TerminationGracePeriodSeconds ?? 30}"),
                },
            };
            return (spec, null);
        }
        catch (Exception error) when (error is VolumeException or IOException or UnauthorizedAccessException)
        {
            return (null, error.Message);
        }
    }

    private static string PrepareMessageFile(Pod pod, ContainerToStart start, NodePaths paths)
    {
        var path = paths.TerminationMessage(pod.Metadata.Uid, start.Spec.Name, start.Attempt);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, []);

        // Any user of the container may leave a message (kuberuntime_container.go makeMounts).
        File.SetUnixFileMode(path, (UnixFileMode)0b110_110_110);
        return path;
    }

    private static string PrepareLog(Pod pod, ContainerToStart start, NodePaths paths)
    {
        Directory.CreateDirectory(Path.Combine(paths.PodLogs(pod), start.Spec.Name));
        return NodePaths.ContainerLog(start.Spec.Name, start.Attempt);
    }

    private static IEnumerable<MountSpec> OwnMounts(Pod pod, Container container, string messageFile, NodePaths paths)
    {
        var hosts = paths.HostsFile(pod.Metadata.Uid);
        if (File.Exists(hosts) && container.VolumeMounts.All(mount => mount.MountPath != "/etc/hosts"))
        {
            yield return new MountSpec("/etc/hosts", hosts, ReadOnly: container.SecurityContext?.ReadOnlyRootFilesystem == true);
        }

        yield return new MountSpec(container.TerminationMessagePath.Length == 0 ? DefaultMessagePath : container.TerminationMessagePath, messageFile, ReadOnly: false);
    }
}
