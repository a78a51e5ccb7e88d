using Strata.Api.Models;
using Strata.NodeAgent.Linux;
using Strata.Pods.Environment;
using Strata.Pods.Runtime;
using Strata.Pods.Volumes;

namespace Strata.NodeAgent.Volumes;

/// <summary>Turns a container's volume mounts into bind mounts.</summary>
internal static class MountPlan
{
    /// <param name="volumes">Host path of each volume by name.</param>
    /// <param name="variables">The container's environment, for subPathExpr.</param>
    /// <exception cref="VolumeException">A mount cannot be made; the message says which.</exception>
    public static IReadOnlyList<MountSpec> For(
        Pod pod, Container container, IReadOnlyDictionary<string, string> volumes, IReadOnlyList<ResolvedVariable> variables, NodePaths paths)
    {
        var mounts = new List<MountSpec>(container.VolumeMounts.Count);
        for (var index = 0; index < container.VolumeMounts.Count; index++)
        {
            var mount = container.VolumeMounts[index];
            if (!volumes.TryGetValue(mount.Name, out var hostPath))
            {
                throw new VolumeException($"volume \"{mount.Name}\" of mount \"{mount.MountPath}\" does not exist");
            }

            if (SubPath(mount, variables) is { Length: > 0 } subPath)
            {
                hostPath = SubPaths.Prepare(hostPath, subPath, paths.SubPath(pod.Metadata.Uid, mount.Name, container.Name, index));
            }

            var volume = pod.Spec.Volumes.First(candidate => candidate.Name == mount.Name);
            var isReadOnly = mount.ReadOnly || VolumeContentResolver.IsContentVolume(volume);
            mounts.Add(new MountSpec(Absolute(mount.MountPath), hostPath, isReadOnly, mount.MountPropagation ?? "None"));
        }

        return mounts;
    }

    private static string Absolute(string path) => path.StartsWith('/') ? path : "/" + path;

    private static string SubPath(VolumeMount mount, IReadOnlyList<ResolvedVariable> variables)
    {
        if (mount.SubPathExpr.Length == 0)
        {
            return mount.SubPath;
        }

        var values = variables.ToDictionary(variable => variable.Name, variable => variable.Value, StringComparer.Ordinal);
        string? unknown = null;
        var expanded = VariableExpansion.Expand(mount.SubPathExpr, name =>
        {
            unknown = values.ContainsKey(name) ? unknown : name;
            return values.GetValueOrDefault(name);
        });
        return unknown is null ? expanded : throw new VolumeException($"missing value for \"{unknown}\" in subPathExpr \"{mount.SubPathExpr}\"");
    }
}
