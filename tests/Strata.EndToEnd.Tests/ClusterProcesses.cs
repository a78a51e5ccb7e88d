using System.Diagnostics;
using System.Globalization;

namespace Strata.EndToEnd.Tests;

/// <summary>The processes of a cluster, to do them harm.</summary>
internal static class ClusterProcesses
{
    /// <summary>Kills the cluster's own process, so that nothing of it is stopped or cleaned up.</summary>
    public static async Task KillAsync(TestCluster cluster)
    {
        var status = await cluster.StrataAsync("status");
        var start = status.Output.IndexOf("(process ", StringComparison.Ordinal) + "(process ".Length;
        await KillAsync(int.Parse(status.Output[start..status.Output.IndexOf(')', start)], CultureInfo.InvariantCulture));
    }

    public static async Task KillAsync(int id)
    {
        using var process = Process.GetProcessById(id);
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <param name="signal">As kill(1) has it: <c>STOP</c>.</param>
    public static async Task SignalAsync(int id, string signal)
    {
        var result = await Commands.RunAsync("kill", [$"-{signal}", id.ToString(CultureInfo.InvariantCulture)]);
        Assert.True(result.ExitCode == 0, result.ToString());
    }

    /// <summary>The cluster's containerd; null while there is none.</summary>
    public static int? Containerd(TestCluster cluster) =>
        All().Where(id => CommandLine(id).StartsWith($"containerd --config {cluster.DataDirectory}/", StringComparison.Ordinal)).Select(id => (int?)int.Parse(id, CultureInfo.InvariantCulture)).SingleOrDefault();

    /// <summary>Ids of all processes of this machine.</summary>
    public static IEnumerable<string> All() => Directory.GetDirectories("/proc").Select(folder => Path.GetFileName(folder)).Where(name => int.TryParse(name, out _));

    /// <summary>Its arguments, with blanks between; empty when it has ended.</summary>
    public static string CommandLine(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id.Trim()}/cmdline").Replace('\0', ' ');
        }
        catch (IOException)
        {
            return ""; // It has just ended.
        }
    }
}
