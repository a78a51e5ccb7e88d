using System.Diagnostics;

namespace Strata.ApiBench;

/// <summary>What the disk gives: the limit of every durable store that syncs once for each write.</summary>
internal static class DiskLimit
{
    /// <summary>Appends of 4 KiB, each synced to the disk, per second.</summary>
    public static double SyncedWritesPerSecond(string folder)
    {
        var path = Path.Combine(folder, "sync");
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        var block = new byte[4096];
        var begin = Stopwatch.GetTimestamp();
        var count = 0;
        for (; Stopwatch.GetElapsedTime(begin) < TimeSpan.FromSeconds(2); count++)
        {
            file.Write(block);
            file.Flush(flushToDisk: true);
        }

        return count / Stopwatch.GetElapsedTime(begin).TotalSeconds;
    }
}
