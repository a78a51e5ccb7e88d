using Strata.Api.Models;
using Strata.NodeAgent.Linux;
using Strata.Pods.Environment;
using Strata.Pods.References;
using Strata.Pods.Volumes;

namespace Strata.NodeAgent.Volumes;

/// <summary>Sets up the volumes of pods under <c>&lt;data&gt;/pods/&lt;uid&gt;/volumes</c> and takes them down again. Calls for one pod must not overlap.</summary>
internal sealed class VolumeManager(NodePaths paths, TokenCache tokens, TimeProvider clock)
{
    private const int EmptyDirMode = 0b111_111_111;
    private const int SetGroupIdMode = 0b10_000_000_000;

    /// <summary>What this node does not support among the pod's volumes; null when it supports all.</summary>
    public static string? Unsupported(Pod pod)
    {
        foreach (var volume in pod.Spec.Volumes)
        {
            if (!VolumeContentResolver.IsContentVolume(volume) && volume.EmptyDir is null && volume.HostPath is null)
            {
                return $"volume \"{volume.Name}\": this node supports configMap, secret, downwardAPI, projected, emptyDir and hostPath volumes only";
            }

            if (volume.EmptyDir is { Medium: not ("" or "Memory") } emptyDir)
            {
                return $"volume \"{volume.Name}\": emptyDir medium \"{emptyDir.Medium}\" is not supported";
            }
        }

        return null;
    }

    /// <summary>Makes all volumes of a pod, or brings them up to date. Repeating it is cheap.</summary>
    /// <returns>Host path of each volume by name.</returns>
    /// <exception cref="VolumeException">A volume cannot be made now.</exception>
    public async Task<IReadOnlyDictionary<string, string>> PrepareAsync(Pod pod, ReferencedObjects objects, PodRuntimeFacts facts, CancellationToken cancellationToken)
    {
        var values = await TokensAsync(pod, cancellationToken);
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var volume in pod.Spec.Volumes)
        {
            try
            {
                result[volume.Name] = Prepare(pod, volume, objects, facts, values);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {error.Message}", error);
            }
        }

        return result;
    }

    /// <summary>Unmounts and deletes everything of a pod. May be repeated.</summary>
    public void Remove(string podUid)
    {
        tokens.Release(podUid);
        var folder = paths.Pod(podUid);
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var mount in MountTable.Under(folder))
        {
            SystemCalls.Unmount(mount);
        }

        Directory.Delete(folder, recursive: true);
    }

    private async Task<IReadOnlyDictionary<TokenKey, string>> TokensAsync(Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            return await tokens.GetAllAsync(pod, cancellationToken);
        }
        catch (Api.Errors.ApiException error)
        {
            throw new VolumeException($"MountVolume.SetUp failed: failed to fetch token: {error.Message}", error);
        }
    }

    private string Prepare(Pod pod, Volume volume, ReferencedObjects objects, PodRuntimeFacts facts, IReadOnlyDictionary<TokenKey, string> values)
    {
        if (volume.HostPath is { } hostPath)
        {
            return HostPaths.Prepare(volume.Name, hostPath);
        }

        var group = pod.Spec.SecurityContext?.FsGroup;
        if (volume.EmptyDir is { } emptyDir)
        {
            return PrepareEmptyDir(pod, volume.Name, emptyDir, group);
        }

        var content = VolumeContentResolver.Resolve(pod, volume, objects, facts, values);
        if (content.Error is { } problem)
        {
            throw new VolumeException($"MountVolume.SetUp failed for volume \"{volume.Name}\" : {problem}");
        }

        var folder = paths.Volume(pod.Metadata.Uid, PluginName(volume), volume.Name);
        var hasToken = volume.Projected?.Sources.Any(source => source.ServiceAccountToken is not null) == true;
        AtomicWriter.Write(folder, content.Files, hasToken && group is null ? VolumeContentResolver.TokenOwner(pod.Spec) : null, group, clock.GetUtcNow());
        return folder;
    }

    private string PrepareEmptyDir(Pod pod, string name, EmptyDirVolumeSource source, long? group)
    {
        var folder = paths.Volume(pod.Metadata.Uid, "kubernetes.io~empty-dir", name);
        var mode = source.Mode is { } set ? set & EmptyDirMode : EmptyDirMode;
        if (Directory.Exists(folder))
        {
            return folder; // Made before; its contents belong to the pod and outlive containers and the agent.
        }

        Directory.CreateDirectory(folder);
        if (source.Medium == "Memory")
        {
            SystemCalls.MountMemory(folder, MemorySize(pod, source), mode);
        }

        if (group is { } id)
        {
            SystemCalls.ChangeOwner(folder, -1, id);
            mode |= SetGroupIdMode;
        }

        File.SetUnixFileMode(folder, (UnixFileMode)mode);
        return folder;
    }

    // The smaller of the volume's limit and what the pod's containers may use together, if all of them say.
    private static long? MemorySize(Pod pod, EmptyDirVolumeSource source)
    {
        var limits = pod.Spec.Containers.Select(container => container.Resources.Limits.GetValueOrDefault("memory").Value).ToArray();
        long? podLimit = limits.Length > 0 && limits.All(limit => limit > 0) ? limits.Sum() : null;
        long? own = source.SizeLimit is { IsZero: false } size ? size.Value : null;
        return own is null ? podLimit : podLimit is null ? own : Math.Min(own.Value, podLimit.Value);
    }

    private static string PluginName(Volume volume) =>
        volume.ConfigMap is not null ? "kubernetes.io~configmap"
        : volume.Secret is not null ? "kubernetes.io~secret"
        : volume.DownwardAPI is not null ? "kubernetes.io~downward-api"
        : "kubernetes.io~projected";
}
