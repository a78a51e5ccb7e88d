using System.Net.NetworkInformation;
using Strata.Host.Clusters;

namespace Strata.Host.Demo;

/// <summary>Looks for anything of a cluster that outlived it.</summary>
internal static class Leftovers
{
    public static IReadOnlyList<string> Find(ClusterPaths paths) =>
    [
        .. Processes(paths),
        .. File.ReadLines("/proc/self/mounts").Where(line => line.Contains(paths.Data + "/", StringComparison.Ordinal) || line.Contains(paths.Run + "/", StringComparison.Ordinal)).Select(line => $"mount {line.Split(' ')[1]}"),
        .. NetworkInterface.GetAllNetworkInterfaces().Where(link => link.Name.Contains(paths.Id, StringComparison.Ordinal)).Select(link => $"network interface {link.Name}"),
        .. ((string[])[paths.Data, paths.Run]).Where(Directory.Exists).Select(path => $"folder {path}"),
    ];

    private static IEnumerable<string> Processes(ClusterPaths paths)
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
