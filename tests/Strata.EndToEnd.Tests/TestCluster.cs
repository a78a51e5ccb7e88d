using System.Globalization;

namespace Strata.EndToEnd.Tests;

/// <summary>A whole cluster of its own on this machine: real containerd, real kubectl, the published program.</summary>
public sealed class TestCluster : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly Dictionary<string, string> _environment;
    private readonly FileStream _ownership;

    private TestCluster(string program, string folder)
    {
        // Held until the cluster is removed or this process ends, however it ends.
        _ownership = new FileStream(Path.Combine(folder, TestLeftovers.OwnershipFile), FileMode.Create, FileAccess.ReadWrite, FileShare.None);
        Program = program;
        DataDirectory = folder;
        _environment = new Dictionary<string, string>
        {
            ["KUBECONFIG"] = Path.Combine(folder, "kubeconfig"),
            ["KUBECACHEDIR"] = Path.Combine(folder, "kubectl-cache"),
        };
    }

    public string Program { get; }

    public string DataDirectory { get; }

    /// <summary>What makes kubectl talk to this cluster.</summary>
    public IReadOnlyDictionary<string, string> Environment => _environment;

    /// <summary>The program under test, or null where these tests cannot run; then <paramref name="reason"/> says why.</summary>
    public static string? FindProgram(out string reason)
    {
        reason = "";
        var program = System.Environment.GetEnvironmentVariable("STRATA_PROGRAM");
        if (System.Environment.UserName != "root")
        {
            reason = "root is needed to run containers";
        }
        else if (string.IsNullOrEmpty(program) || !File.Exists(program))
        {
            reason = "STRATA_PROGRAM does not name the built program; run these tests with ./test";
        }
        else if (!File.Exists("/usr/bin/containerd") && !File.Exists("/usr/local/bin/containerd"))
        {
            reason = "containerd is not installed";
        }

        return reason.Length == 0 ? program : null;
    }

    /// <summary>Starts a cluster; skips the test where that is impossible.</summary>
    public static Task<TestCluster> StartAsync(params IReadOnlyList<string> options) =>
        StartInAsync(static () => Directory.CreateTempSubdirectory("strata-e2e-").FullName, options);

    /// <summary>Starts a cluster with its data in the folder that <paramref name="makeFolder"/> makes; skips the test where that is impossible.</summary>
    public static async Task<TestCluster> StartInAsync(Func<string> makeFolder, params IReadOnlyList<string> options)
    {
        var program = FindProgram(out var reason);
        Assert.SkipWhen(program is null, reason);
        await TestLeftovers.SweepOnceAsync(program!);
        var folder = makeFolder();
        Directory.CreateDirectory(folder);
        var cluster = new TestCluster(program!, folder);
        var started = await cluster.UpAsync(options);
        Assert.True(started.ExitCode == 0, started.ToString());
        return cluster;
    }

    public Task<CommandResult> UpAsync(params IReadOnlyList<string> options) =>
        StrataAsync(["up", "-d", "--api-port", "0", "--arm-port", "0", .. options]);

    /// <summary>Runs the program against this cluster.</summary>
    public Task<CommandResult> StrataAsync(params IReadOnlyList<string> arguments) =>
        Commands.RunAsync(Program, [arguments[0], .. arguments.Skip(1), "--data-dir", DataDirectory]);

    /// <summary>Builds an image with busybox and the given script as <c>/app/run</c>.</summary>
    public async Task BuildImageAsync(string tag, string script)
    {
        var folder = Directory.CreateTempSubdirectory("strata-image-");
        var path = Path.Combine(folder.FullName, "run");
        await File.WriteAllTextAsync(path, script);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        var built = await Commands.RunAsync(Program, ["image", "build", folder.FullName, "-t", tag, "--busybox", "--path", "/app", "--data-dir", DataDirectory, "--", "/app/run"]);
        folder.Delete(recursive: true);
        Assert.True(built.ExitCode == 0, built.ToString());
    }

    /// <summary>Runs kubectl whatever comes of it.</summary>
    public Task<CommandResult> TryKubectlAsync(string arguments, string? input = null) => Commands.RunAsync("kubectl", Words(arguments), _environment, input);

    /// <summary>Runs kubectl and returns what it printed; fails the test when kubectl fails.</summary>
    /// <param name="arguments">Separated by blanks; single quotes hold one together.</param>
    public async Task<string> KubectlAsync(string arguments, string? input = null)
    {
        var result = await TryKubectlAsync(arguments, input);
        Assert.True(result.ExitCode == 0, $"kubectl {arguments}: {result}");
        return result.Output;
    }

    /// <summary>Lets a kubectl command run until it prints the line looked for, then ends it.</summary>
    /// <returns>All lines printed.</returns>
    public Task<IReadOnlyList<string>> KubectlUntilAsync(string arguments, Func<string, bool> isLast) =>
        Commands.ReadUntilAsync("kubectl", Words(arguments), _environment, isLast);

    /// <summary>Repeats a kubectl command until its output satisfies the condition.</summary>
    public async Task<string> UntilAsync(string arguments, Func<string, bool> condition)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = await TryKubectlAsync(arguments);
            if (result.ExitCode == 0 && condition(result.Output))
            {
                return result.Output;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(begin) < Deadline, string.Create(CultureInfo.InvariantCulture, $"kubectl {arguments}: not within {Deadline.TotalSeconds} s; last: {result}"));
            await Task.Delay(Poll, TimeProvider.System, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        var log = Path.Combine(DataDirectory, "strata.log");
        if (System.Environment.GetEnvironmentVariable("STRATA_KEEP_LOGS") is { Length: > 0 } kept && File.Exists(log))
        {
            Directory.CreateDirectory(kept);
            File.Copy(log, Path.Combine(kept, Path.GetFileName(DataDirectory) + ".log"), overwrite: true);
        }

        await StrataAsync("down", "--purge");
        Abandon();
    }

    /// <summary>Lets go of the cluster as the end of this process would: it runs on, and nobody owns it.</summary>
    public void Abandon() => _ownership.Dispose();

    /// <summary>Separates at blanks; single quotes hold one together.</summary>
    internal static List<string> Words(string text)
    {
        var words = new List<string>();
        var parts = text.Split('\'');
        for (var index = 0; index < parts.Length; index++)
        {
            // Odd parts stood between quotes.
            words.AddRange(index % 2 == 1 ? [parts[index]] : parts[index].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        }

        return words;
    }
}
