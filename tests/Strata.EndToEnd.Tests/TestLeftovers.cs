namespace Strata.EndToEnd.Tests;

/// <summary>Removes clusters of test processes that were killed; those of living ones, of this or another run, are left alone.</summary>
internal static class TestLeftovers
{
    /// <summary>File in a test cluster's folder that its test process keeps locked.</summary>
    public const string OwnershipFile = "owned-by-a-test";

    private static readonly Lock Gate = new(); // Guards the field below.
    private static Task? _sweep;

    public static Task SweepOnceAsync(string program)
    {
        lock (Gate)
        {
            return _sweep ??= SweepAsync(program);
        }
    }

    public static async Task SweepAsync(string program)
    {
        var folders = Directory.GetDirectories(Path.GetTempPath(), "strata-e2e-*");
        foreach (var file in folders.SelectMany(folder => (string[])[Path.Combine(folder, OwnershipFile), Path.Combine(folder, "data", OwnershipFile)]).Where(File.Exists))
        {
            using var ownership = TryTake(file);
            if (ownership is not null)
            {
                await Commands.RunAsync(program, ["down", "--purge", "--data-dir", Path.GetDirectoryName(file)!]);
            }
        }
    }

    private static FileStream? TryTake(string file)
    {
        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null; // Its owner lives, or somebody else is removing it.
        }
    }
}
