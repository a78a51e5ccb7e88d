using System.Net.NetworkInformation;

namespace Strata.Host.Clusters;

/// <summary>Looks for anything of a cluster that outlived its process.</summary>
internal static class Leftovers
{
    /// <summary>Everything, with the folder of its data.</summary>
    public static IReadOnlyList<string> Find(ClusterPaths paths) =>
    [
        .. Running(paths),
        .. ((string[])[paths.Data, paths.Run]).Where(Directory.Exists).Select(path => $"folder {path}"),
    ];

    /// <summary>What works or takes up addresses until it is ended. Each begins with what it is: process, mount, network interface.</summary>
    public static IReadOnlyList<string> Running(ClusterPaths paths) =>
    [
        .. Processes(paths),
        .. File.ReadLines("/proc/self/mounts").Where(line => line.Contains(paths.Data + "/", StringComparison.Ordinal) || line.Contains(paths.Run + "/", StringComparison.Ordinal)).Select(line => $"mount {line.Split(' ')[1]}"),
        .. NetworkInterface.GetAllNetworkInterfaces().Where(link => link.Name.Contains(paths.Id, StringComparison.Ordinal)).Select(link => $"network interface {link.Name}"),
    ];

    /// <summary>containerd and the shims of its containers.</summary>
    public static IEnumerable<string> Processes(ClusterPaths paths)
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), out var pid) && pid != Environment.ProcessId))
        {
            string commandLine;
            try
            {
                commandLine = File.ReadAllText(Path.Combine(folder, "cmdline")).Replace('\0', ' ');
            }
            catch (IOException)
            {
                continue; // It has just ended.
            }

            if (commandLine.Contains(paths.Run, StringComparison.Ordinal) || commandLine.Contains(paths.Containerd, StringComparison.Ordinal))
            {
                yield return $"process {Path.GetFileName(folder)}: {commandLine.Trim()}";
            }
        }
    }
}
