namespace Strata.Cri.Linux;

/// <summary>Control groups, whatever is mounted: the hierarchies of v1, the one of v2, or both.</summary>
public static class Cgroups
{
    /// <summary>Removes a group and those below it from every hierarchy. A group with processes in it stays.</summary>
    /// <param name="path">As given to CRI as <c>cgroup_parent</c>: <c>/strata/pod1</c>.</param>
    /// <returns>True when nothing of it is left.</returns>
    public static bool Remove(string path)
    {
        var relative = path.Trim('/');
        ArgumentException.ThrowIfNullOrEmpty(relative, nameof(path)); // The root group is not for removal.
        var isGone = true;
        foreach (var mount in Mounts())
        {
            isGone &= RemoveTree(Path.Combine(mount, relative));
        }
        return isGone;
    }

    private static IEnumerable<string> Mounts()
    {
        foreach (var line in File.ReadLines("/proc/self/mounts"))
        {
            if (line.Split(' ', 4) is [_, var path, "cgroup" or "cgroup2", _])
            {
                yield return path;
            }
        }
    }

    private static bool RemoveTree(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return true;
        }
        foreach (var child in Directory.EnumerateDirectories(directory))
        {
            RemoveTree(child);
        }
        // rmdir(2) on a group takes its files along; .NET's recursive delete would stumble over them.
        return SystemCalls.RemoveDirectory(directory);
    }
}
