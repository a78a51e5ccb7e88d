namespace Strata.NodeAgent.Logs;

/// <summary>The files of a container run's log: the one being written and those rotated away.</summary>
internal static class LogFiles
{
    /// <summary>Deletes a log with all its rotations.</summary>
    public static void Delete(string path)
    {
        if (path.Length == 0 || Path.GetDirectoryName(path) is not { } folder || !Directory.Exists(folder))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(folder, Path.GetFileName(path) + "*"))
        {
            File.Delete(file);
        }
    }
}
