namespace Strata.NodeAgent.Linux;

/// <summary>What is mounted, from /proc/self/mounts.</summary>
internal static class MountTable
{
    /// <summary>Mount points at or below a folder, deepest first.</summary>
    public static IReadOnlyList<string> Under(string folder)
    {
        var prefix = folder.TrimEnd('/') + "/";
        return [.. Read().Select(mount => mount.Path).Where(path => path == folder || path.StartsWith(prefix, StringComparison.Ordinal)).OrderByDescending(path => path.Length)];
    }

    public static IReadOnlyList<Mount> Read() =>
        [.. File.ReadAllLines("/proc/self/mounts").Select(line => line.Split(' ')).Where(fields => fields.Length > 3).Select(fields => new Mount(Unescape(fields[1]), fields[2], fields[3].Split(',')))];

    private static string Unescape(string path) => path.Replace("\\040", " ", StringComparison.Ordinal).Replace("\\011", "\t", StringComparison.Ordinal).Replace("\\134", "\\", StringComparison.Ordinal);

    /// <param name="Type">File system type.</param>
    public sealed record Mount(string Path, string Type, IReadOnlyList<string> Options);
}
