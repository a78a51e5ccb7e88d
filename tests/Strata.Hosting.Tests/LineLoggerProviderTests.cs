using Microsoft.Extensions.Logging;
using Strata.Hosting.Logging;

namespace Strata.Hosting.Tests;

public sealed class LineLoggerProviderTests
{
    [Fact]
    public void A_record_that_finds_no_room_harms_nobody_and_the_next_one_tells_of_it()
    {
        using var disk = new Disk();
        using var provider = new LineLoggerProvider(new StreamWriter(disk), LogLevel.Debug, TimeProvider.System);
        var logger = provider.CreateLogger("test");

        disk.IsFull = true;
        Log(logger, "one");
        Log(logger, "two");
        disk.IsFull = false;
        Log(logger, "three");

        var lines = System.Text.Encoding.UTF8.GetString(disk.ToArray()).Split('\n');
        Assert.Contains(lines, line => line.Contains("2 records before this one could not be written: No space left on device", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("test: three", StringComparison.Ordinal));
    }

    private static void Log(ILogger logger, string message) => logger.Log(LogLevel.Information, default, message, null, static (text, _) => text);

    /// <summary>A stream that has no room while told so.</summary>
    private sealed class Disk : MemoryStream
    {
        public bool IsFull { get; set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (IsFull)
            {
                throw new IOException("No space left on device");
            }

            base.Write(buffer);
        }
    }
}
