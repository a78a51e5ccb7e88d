namespace Strata.NodeAgent.Linux;

/// <summary>The cgroup hierarchies of this machine, v1, v2 or both: whatever is mounted.</summary>
internal static class CgroupTree
{
    /// <summary>Removes a cgroup and those below it from every hierarchy. Groups that still hold processes stay.</summary>
    /// <returns>Whether nothing is left of it.</returns>
    public static bool TryRemove(string path)
    {
        var isGone = true;
        foreach (var mount in MountTable.Read().Where(mount => mount.Type is "cgroup" or "cgroup2"))
        {
            isGone &= TryRemoveFolder(mount.Path + path);
        }

        return isGone;
    }

    /// <summary>Reads a file of the root group that has it, for example <c>memory.limit_in_bytes</c>; null when there is none.</summary>
    public static string? ReadOwn(string controller, string file)
    {
        foreach (var mount in MountTable.Read().Where(mount => mount.Type == "cgroup2" || (mount.Type == "cgroup" && mount.Options.Contains(controller))))
        {
            var path = Path.Combine(mount.Path, file);
            if (File.Exists(path))
            {
                return File.ReadAllText(path).Trim();
            }
        }

        return null;
    }

    private static bool TryRemoveFolder(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return true;
        }

        var isEmpty = true;
        foreach (var child in Directory.EnumerateDirectories(folder))
        {
            isEmpty &= TryRemoveFolder(child);
        }

        if (!isEmpty)
        {
            return false;
        }

        try
        {
            // The control files go with the folder; only rmdir works here.
            Directory.Delete(folder, recursive: false);
            return true;
        }
        catch (IOException)
        {
            return !Directory.Exists(folder); // Busy for a moment after the last process ended: the caller tries again.
        }
    }
}
