using System.Globalization;

namespace Strata.Crash.Tests;

/// <summary>How often things are killed, and the seed, which is printed and can be given back in STRATA_CRASH_SEED.</summary>
internal static class Rounds
{
    /// <summary>Kills of the process with the SQLite stores; STRATA_CRASH_ROUNDS changes it.</summary>
    public static int Sqlite => Number("STRATA_CRASH_ROUNDS") ?? 250;

    /// <summary>Kills of the process that writes to an etcd which lives on.</summary>
    public static int EtcdServer => Math.Max(3, Sqlite / 5);

    /// <summary>Kills of the process with eight API servers.</summary>
    public static int ApiServer => Math.Max(3, Sqlite / 2);

    /// <summary>Kills of etcd itself: each costs about a second.</summary>
    public static int Etcd => Math.Max(3, Sqlite / 12);

    public static Random Chance()
    {
        var seed = Number("STRATA_CRASH_SEED") ?? Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"STRATA_CRASH_SEED={seed}");
        Console.WriteLine($"STRATA_CRASH_SEED={seed} ({TestContext.Current.Test?.TestDisplayName})");
        return new Random(seed);
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
