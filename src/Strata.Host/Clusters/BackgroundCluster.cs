using System.Diagnostics;

namespace Strata.Host.Clusters;

/// <summary>Starts <c>strata up</c> as a process of its own session and shows its progress until it is ready.</summary>
internal static class BackgroundCluster
{
    /// <summary>Environment variable that names the file to write progress to instead of the terminal.</summary>
    public const string ProgressVariable = "STRATA_PROGRESS_FILE";

    /// <summary>Last line of a successful start.</summary>
    public const string ReadyMark = "Ready";

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public static async Task<int> StartAsync(ClusterSettings settings, IEnumerable<string> arguments, CancellationToken cancellationToken)
    {
        var paths = new ClusterPaths(settings.DataDirectory);
        Directory.CreateDirectory(paths.Run);
        File.Delete(paths.Progress);
        File.Delete(paths.Progress + ".out");

        // Opened before the start: a start that fails removes the folder, but what it said last is still read here.
        await using var output = new FileStream(paths.Progress + ".out", FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var child = Start(paths, arguments.Where(argument => argument is not "-d" and not "--detach"));
        var shown = 0;
        while (true)
        {
            var hasEnded = child.HasExited;
            var lines = await ReadLinesAsync(paths.Progress, cancellationToken);
            for (; shown < lines.Count; shown++)
            {
                Console.WriteLine(lines[shown]);
                if (lines[shown].StartsWith(ReadyMark, StringComparison.Ordinal))
                {
                    return 0;
                }
            }

            if (hasEnded)
            {
                throw new UserException(await LastErrorAsync(output, cancellationToken) ?? $"the cluster did not start (exit code {child.ExitCode}); the log is in {paths.Log}");
            }

            await Task.Delay(Poll, TimeProvider.System, cancellationToken);
        }
    }

    // setsid: the terminal's hang-up and Ctrl-C are not for the cluster.
    private static Process Start(ClusterPaths paths, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("exec setsid \"$@\" </dev/null >>\"$STRATA_PROGRESS_FILE.out\" 2>&1");
        start.ArgumentList.Add("strata");
        start.ArgumentList.Add(Environment.ProcessPath!);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ProgressVariable] = paths.Progress;
        return Process.Start(start)!;
    }

    private static async Task<string?> LastErrorAsync(FileStream output, CancellationToken cancellationToken)
    {
        const string Mark = "strata: ";
        using var reader = new StreamReader(output);
        var text = await reader.ReadToEndAsync(cancellationToken);
        return text.Split('\n').LastOrDefault(static line => line.StartsWith(Mark, StringComparison.Ordinal))?[Mark.Length..];
    }

    // Only whole lines: the writer may be in the middle of one. None when the file is not there yet, or not any more.
    private static async Task<List<string>> ReadLinesAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            var text = await reader.ReadToEndAsync(cancellationToken);
            return [.. text.Split('\n')[..^1]];
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
    }
}
