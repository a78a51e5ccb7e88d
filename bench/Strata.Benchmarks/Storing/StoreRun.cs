using System.Diagnostics;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Strata.Store;
using Strata.Store.Sqlite;
using Strata.Testing.Etcd;

namespace Strata.Benchmarks.Storing;

/// <summary>What one store gives: durable compare-and-swap writes, beside how often the same disk can sync, and reads.</summary>
internal static class StoreRun
{
    private const int Keys = 10_000;
    private const int ValueBytes = 1000;
    private const int Filling = 64;

    public static async Task RunAsync(Measurement measurement, RunOptions options)
    {
        var duration = TimeSpan.FromSeconds(options.Number("seconds", 8));
        measurement.Heading(
            $"{Keys:N0} keys, values of {ValueBytes} bytes, updates by compare-and-swap, {duration.TotalSeconds:F0} s each",
            "store", "writers", "durable writes/s", "write, median", "99 of 100 within", "syncs/s of the disk just before", "writes per sync");
        var folder = Directory.CreateTempSubdirectory("strata-bench-");
        await using (var sqlite = SqliteStore.Open(new SqliteStoreOptions { Path = Path.Combine(folder.FullName, "store.db") }, NullLogger<SqliteStore>.Instance))
        {
            await MeasureAsync(measurement, "SQLite, synchronous=FULL", sqlite, folder.FullName, duration);
        }

        await using (var etcd = await EtcdServer.StartAsync())
        {
            await using var store = await etcd.OpenStoreAsync();
            await MeasureAsync(measurement, "etcd 3.4, one member, TLS", store, folder.FullName, duration);
        }

        folder.Delete(recursive: true);
        measurement.Line("\nA sync is one 4 KiB block written over and flushed, one after the other. Client, store and etcd share the machine.");
        await measurement.SaveAsync("One store");
    }

    private static async Task MeasureAsync(Measurement measurement, string name, IRevisionedStore store, string folder, TimeSpan duration)
    {
        var revisions = new long[Keys];
        await Parallel.ForAsync(0, Keys, new ParallelOptions { MaxDegreeOfParallelism = Filling }, async (key, token) =>
            revisions[key] = (await store.PutAsync(KeyOf(key), new byte[ValueBytes], ExpectedRevision.Absent, token)).Revision);
        foreach (var writers in (int[])[1, 32, 128])
        {
            var syncs = SyncsPerSecond(Path.Combine(folder, "sync"), TimeSpan.FromSeconds(2));
            var (count, time, latencies) = await WriteAsync(store, revisions, writers, duration);
            latencies.Sort();
            measurement.Row(
                name, Text(writers), Measurement.Rate(count, time), Milliseconds(latencies[latencies.Count / 2]), Milliseconds(latencies[latencies.Count * 99 / 100]),
                Text(syncs), (count / time.TotalSeconds / syncs).ToString("F1", CultureInfo.InvariantCulture));
        }
    }

    private static async Task<(long Count, TimeSpan Time, List<TimeSpan> Latencies)> WriteAsync(IRevisionedStore store, long[] revisions, int writers, TimeSpan duration)
    {
        var started = Stopwatch.GetTimestamp();
        var perWriter = await Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            await Task.Yield();
            var random = new Random(writer);
            var latencies = new List<TimeSpan>();
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                var key = (random.Next(Keys / writers) * writers) + writer; // Keys of its own, so that none loses a race.
                var before = Stopwatch.GetTimestamp();
                var outcome = await store.PutAsync(KeyOf(key), new byte[ValueBytes], revisions[key], CancellationToken.None);
                latencies.Add(Stopwatch.GetElapsedTime(before));
                revisions[key] = outcome.IsCommitted ? outcome.Revision : throw new InvalidOperationException("a write lost a race that nobody else was in");
            }

            return latencies;
        }));
        var all = perWriter.SelectMany(static latencies => latencies).ToList();
        return (all.Count, Stopwatch.GetElapsedTime(started), all);
    }

    // The limit of anything that syncs once per write.
    private static double SyncsPerSecond(string path, TimeSpan duration)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        var block = new byte[4096];
        RandomAccess.Write(file, block, 0);
        RandomAccess.FlushToDisk(file);
        var (count, started) = (0, Stopwatch.GetTimestamp());
        for (; Stopwatch.GetElapsedTime(started) < duration; count++)
        {
            RandomAccess.Write(file, block, 0);
            RandomAccess.FlushToDisk(file);
        }

        return count / duration.TotalSeconds;
    }

    private static byte[] KeyOf(int key) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"/registry/pods/namespace-{key % 50:D2}/a-pod-of-some-replica-set-{key:D5}"));

    private static string Milliseconds(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F2} ms");

    private static string Text(double number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
