using System.Diagnostics;
using System.Globalization;

namespace Strata.EndToEnd.Tests;

/// <summary>The processes of a cluster, to do them harm.</summary>
internal static class ClusterProcesses
{
    /// <summary>Kills the cluster's own process, so that nothing of it is stopped or cleaned up.</summary>
    public static Task KillAsync(TestCluster cluster) => KillAsync(Strata(cluster));

    /// <summary>The cluster's own process.</summary>
    public static int Strata(TestCluster cluster) => Strata(cluster.DataDirectory);

    /// <summary>The process that runs what is in a data directory.</summary>
    public static int Strata(string dataDirectory) => int.Parse(File.ReadAllText(Path.Combine(RunDirectory(dataDirectory), "pid")), CultureInfo.InvariantCulture);

    /// <summary>Where a running cluster keeps its sockets and mounts.</summary>
    public static string RunDirectory(TestCluster cluster) => RunDirectory(cluster.DataDirectory);

    private static string RunDirectory(string dataDirectory) => Directory.GetDirectories("/run/strata")
        .Single(folder => File.Exists(Path.Combine(folder, "pid")) && CommandLine(File.ReadAllText(Path.Combine(folder, "pid"))).Contains($"--data-dir {dataDirectory}", StringComparison.Ordinal));

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

    /// <summary>Waits until no process works for the cluster any more.</summary>
    public static async Task EndedAsync(TestCluster cluster)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (All().Any(id => CommandLine(id).Contains(cluster.DataDirectory, StringComparison.Ordinal)))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(30), $"processes of {cluster.DataDirectory} are left");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, CancellationToken.None);
        }
    }

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
