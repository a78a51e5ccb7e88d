using Strata.NodeAgent.Linux;
using Strata.Pods.Volumes;

namespace Strata.NodeAgent.Volumes;

/// <summary>Writes the files of a volume so that a reader sees either all of the old or all of the new ones.</summary>
/// <remarks>
/// Source: kubernetes pkg/volume/util/atomic_writer.go. In the volume:
/// 1. a new folder <c>..TIME.NUMBER</c> gets all files;
/// 2. <c>..data_tmp</c> points to it and is renamed over <c>..data</c>: this is the moment of change;
/// 3. each top-level name is a link into <c>..data</c>; names that are no longer there are removed, and so is the old folder.
/// </remarks>
internal static class AtomicWriter
{
    private const string DataLink = "..data";
    private const string NewDataLink = "..data_tmp";
    private const int FolderMode = 0b111_101_101;
    private static int _writes; // Tells folders written within one second apart.

    /// <summary>Brings the volume to these files; does nothing when they are there already.</summary>
    /// <param name="owner">User who owns the files; null for root.</param>
    /// <param name="group">Group that may read them; null for root's.</param>
    /// <returns>Whether anything was written.</returns>
    public static bool Write(string folder, IReadOnlyDictionary<string, VolumeFile> files, long? owner, long? group, DateTimeOffset now)
    {
        Directory.CreateDirectory(folder);
        var dataLink = Path.Combine(folder, DataLink);
        var oldFolder = new FileInfo(dataLink).LinkTarget is { } target ? Path.Combine(folder, target) : null;
        if (oldFolder is not null && IsSame(oldFolder, files))
        {
            return false;
        }

        var name = $"..{now.UtcDateTime:yyyy_MM_dd_HH_mm_ss}.{Interlocked.Increment(ref _writes):x8}";
        if (Directory.Exists(Path.Combine(folder, name)))
        {
            Directory.Delete(Path.Combine(folder, name), recursive: true); // Left behind by an earlier process.
        }

        WriteFiles(Path.Combine(folder, name), files, owner, group);
        ReplaceLink(folder, dataLink, name);
        LinkTopLevel(folder, files);
        if (oldFolder is not null)
        {
            Directory.Delete(oldFolder, recursive: true);
        }

        return true;
    }

    private static bool IsSame(string oldFolder, IReadOnlyDictionary<string, VolumeFile> files)
    {
        if (!Directory.Exists(oldFolder) || Directory.EnumerateFiles(oldFolder, "*", SearchOption.AllDirectories).Count() != files.Count)
        {
            return false;
        }

        foreach (var (path, file) in files)
        {
            var existing = new FileInfo(Path.Combine(oldFolder, path));
            if (!existing.Exists || existing.Length != file.Data.Length || !File.ReadAllBytes(existing.FullName).AsSpan().SequenceEqual(file.Data.Span))
            {
                return false;
            }
        }

        return true;
    }

    private static void WriteFiles(string folder, IReadOnlyDictionary<string, VolumeFile> files, long? owner, long? group)
    {
        MakeFolder(folder, group);
        foreach (var (path, file) in files)
        {
            var full = Path.Combine(folder, path);
            for (var parent = Path.GetDirectoryName(path); !string.IsNullOrEmpty(parent); parent = Path.GetDirectoryName(parent))
            {
                MakeFolder(Path.Combine(folder, parent), group);
            }

            File.WriteAllBytes(full, file.Data.Span);

            // With a group, the kubelet lets it read what the owner may read (volume_linux.go).
            File.SetUnixFileMode(full, (UnixFileMode)((file.Mode & 0b111_111_111) | (group is null ? 0 : 0b000_100_000)));
            if (owner is not null || group is not null)
            {
                SystemCalls.ChangeOwner(full, owner ?? -1, group ?? -1);
            }
        }
    }

    private static void MakeFolder(string folder, long? group)
    {
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)FolderMode);
        if (group is { } id)
        {
            SystemCalls.ChangeOwner(folder, -1, id);
        }
    }

    private static void ReplaceLink(string folder, string dataLink, string target)
    {
        var newLink = Path.Combine(folder, NewDataLink);
        File.Delete(newLink);
        File.CreateSymbolicLink(newLink, target);
        SystemCalls.Rename(newLink, dataLink);
    }

    private static void LinkTopLevel(string folder, IReadOnlyDictionary<string, VolumeFile> files)
    {
        var wanted = files.Keys.Select(path => path.Split('/')[0]).ToHashSet(StringComparer.Ordinal);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Where(entry => !entry.StartsWith("..", StringComparison.Ordinal)))
        {
            if (!wanted.Remove(entry))
            {
                File.Delete(Path.Combine(folder, entry));
            }
        }

        foreach (var entry in wanted)
        {
            File.CreateSymbolicLink(Path.Combine(folder, entry), $"{DataLink}/{entry}");
        }
    }
}
