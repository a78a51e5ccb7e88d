using System.Text;
using Strata.Cri.Logs;

namespace Strata.Cri.Tests.Logs;

public sealed class CriLogReaderTests : IDisposable
{
    private const string Sample =
        "2026-01-02T03:04:05.1Z stdout F one\n" +
        "2026-01-02T03:04:06.123456789Z stderr F two\n" +
        "2026-01-02T03:04:07Z stdout P thr\n" +
        "2026-01-02T03:04:07.000000001Z stdout F ee\n" +
        "not a log line\n" +
        "2026-01-02T05:04:08.5+02:00 stdout F \n" +
        "2026-01-02T03:04:09Z stdout F:more last\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("strata-cri-log-").FullName;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string LogPath => Path.Combine(_folder, "0.log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Everything_is_read_and_parts_are_joined() =>
        Assert.Equal("one\ntwo\nthree\n\nlast\n", await ReadAsync(Sample, new CriLogOptions()));

    [Fact]
    public async Task Times_have_nine_digits_and_stand_only_at_the_start_of_a_line() =>
        Assert.Equal(
            "2026-01-02T03:04:05.100000000Z one\n" +
            "2026-01-02T03:04:06.123456789Z two\n" +
            "2026-01-02T03:04:07.000000000Z three\n" +
            "2026-01-02T05:04:08.500000000+02:00 \n" +
            "2026-01-02T03:04:09.000000000Z last\n",
            await ReadAsync(Sample, new CriLogOptions { Timestamps = true }));

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "last\n")]
    [InlineData(2, "\nlast\n")]
    [InlineData(100, "one\ntwo\nthree\n\nlast\n")]
    public async Task Only_the_last_lines_are_read(int lines, string expected) =>
        Assert.Equal(expected, await ReadAsync(Sample, new CriLogOptions { TailLines = lines }));

    [Theory]
    [InlineData("2026-01-02T03:04:06.1234567Z", "two\nthree\n\nlast\n")]
    [InlineData("2026-01-02T03:04:08.4Z", "\nlast\n")]
    [InlineData("2026-01-02T04:04:08.6+01:00", "last\n")]
    [InlineData("2027-01-01T00:00:00Z", "")]
    public async Task Lines_before_a_time_are_skipped(string since, string expected) =>
        Assert.Equal(expected, await ReadAsync(
            Sample, new CriLogOptions { SinceTime = DateTimeOffset.Parse(since, System.Globalization.CultureInfo.InvariantCulture) }));

    [Theory]
    [InlineData(1, "o")]
    [InlineData(6, "one\ntw")]
    [InlineData(1000, "one\ntwo\nthree\n\nlast\n")]
    public async Task Output_stops_at_the_limit(int bytes, string expected) =>
        Assert.Equal(expected, await ReadAsync(Sample, new CriLogOptions { LimitBytes = bytes }));

    [Fact]
    public async Task One_stream_can_be_chosen()
    {
        Assert.Equal("two\n", await ReadAsync(Sample, new CriLogOptions { Streams = CriLogStreams.Stderr }));
        Assert.Equal("one\nthree\n\nlast\n", await ReadAsync(Sample, new CriLogOptions { Streams = CriLogStreams.Stdout }));
    }

    [Fact]
    public async Task Long_logs_and_long_lines_come_through_whole()
    {
        var text = new StringBuilder();
        var expected = new StringBuilder();
        for (var i = 0; i < 5_000; i++)
        {
            var line = new string((char)('a' + i % 26), i % 997) + i;
            text.Append("2026-01-02T03:04:05Z stdout F ").Append(line).Append('\n');
            expected.Append(line).Append('\n');
        }
        var huge = new string('x', 300_000);
        text.Append("2026-01-02T03:04:05Z stdout F ").Append(huge).Append('\n');
        expected.Append(huge).Append('\n');
        Assert.Equal(expected.ToString(), await ReadAsync(text.ToString(), new CriLogOptions()));
        var tail = expected.ToString().Split('\n')[^1002..^1];
        Assert.Equal(tail, (await ReadAsync(text.ToString(), new CriLogOptions { TailLines = 1001 })).Split('\n')[..^1]);
    }

    [Fact]
    public async Task A_line_without_its_end_is_given_when_reading_ends() =>
        Assert.Equal("on", await ReadAsync("2026-01-02T03:04:05Z stdout P on", new CriLogOptions()));

    [Fact]
    public async Task A_log_that_is_not_there_is_an_error() =>
        await Assert.ThrowsAsync<FileNotFoundException>(
            () => CriLogReader.ReadAsync(LogPath, new CriLogOptions(), Stream.Null, TimeProvider.System, Token));

    [Fact]
    public async Task Between_a_rotation_and_the_reopening_the_rotated_log_is_read()
    {
        await File.WriteAllTextAsync(LogPath + ".20260101-000000", Line("older"), Token);
        await File.WriteAllTextAsync(LogPath + ".20260102-000000", Line("newest"), Token);
        await File.WriteAllTextAsync(LogPath + ".20260103-000000.gz", "packed", Token);
        var target = new Output();
        await CriLogReader.ReadAsync(LogPath, new CriLogOptions(), target, TimeProvider.System, Token);

        Assert.Equal("newest\n", target.Text);
    }

    [Fact]
    public async Task Following_from_between_a_rotation_and_the_reopening_goes_on_with_the_new_file()
    {
        await File.WriteAllTextAsync(LogPath + ".20260102-000000", Line("old"), Token);
        var ended = new TaskCompletionSource();
        var target = new Output();
        var reading = CriLogReader.ReadAsync(LogPath, new CriLogOptions { Follow = true, Ended = ended.Task }, target, TimeProvider.System, Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text == "old\n"));
        await File.AppendAllTextAsync(LogPath + ".20260102-000000", Line("last of the old"), Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text == "old\nlast of the old\n"));

        await File.WriteAllTextAsync(LogPath, Line("new"), Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text.EndsWith("new\n", StringComparison.Ordinal)));
        ended.SetResult();
        await reading;
        Assert.Equal("old\nlast of the old\nnew\n", target.Text);
    }

    [Fact]
    public async Task Following_sees_new_lines_rotation_and_what_is_written_last()
    {
        await File.WriteAllTextAsync(LogPath, Line("old"), Token);
        var ended = new TaskCompletionSource();
        var target = new Output();
        var options = new CriLogOptions { Follow = true, Ended = ended.Task, TailLines = 0 };
        var reading = CriLogReader.ReadAsync(LogPath, options, target, TimeProvider.System, Token);

        await Eventually.TrueAsync(async () =>
        {
            // Only what is written after the start counts; when that was, the reader does not say.
            await File.AppendAllTextAsync(LogPath, Line("a"), Token);
            return target.Text.Length > 0;
        });
        await File.AppendAllTextAsync(LogPath, "2026-01-02T03:04:05Z stdout F be", Token);
        await File.AppendAllTextAsync(LogPath, "gun\n", Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text.EndsWith("begun\n", StringComparison.Ordinal)));

        File.Move(LogPath, LogPath + ".1");
        await File.AppendAllTextAsync(LogPath + ".1", Line("into the old file"), Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text.EndsWith("into the old file\n", StringComparison.Ordinal)));
        await File.WriteAllTextAsync(LogPath, Line("new file"), Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text.EndsWith("new file\n", StringComparison.Ordinal)));

        Assert.False(reading.IsCompleted);
        await File.AppendAllTextAsync(LogPath, Line("last words"), Token);
        ended.SetResult();
        await reading;
        Assert.EndsWith("new file\nlast words\n", target.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("old\n", target.Text.Replace("the old file", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Following_ends_when_the_caller_leaves()
    {
        await File.WriteAllTextAsync(LogPath, Sample, Token);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var target = new Output();
        var reading = CriLogReader.ReadAsync(LogPath, new CriLogOptions { Follow = true }, target, TimeProvider.System, cancel.Token);
        await Eventually.TrueAsync(() => Task.FromResult(target.Text.EndsWith("last\n", StringComparison.Ordinal)));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    private static string Line(string text) => $"2026-01-02T03:04:05Z stdout F {text}\n";

    private async Task<string> ReadAsync(string content, CriLogOptions options)
    {
        await File.WriteAllTextAsync(LogPath, content, Token);
        using var target = new MemoryStream();
        await CriLogReader.ReadAsync(LogPath, options, target, TimeProvider.System, Token);
        return Encoding.UTF8.GetString(target.ToArray());
    }

    /// <summary>May be looked at while it is written.</summary>
    private sealed class Output : MemoryStream
    {
        private readonly Lock _lock = new();

        public string Text
        {
            get
            {
                lock (_lock)
                {
                    return Encoding.UTF8.GetString(ToArray());
                }
            }
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            lock (_lock)
            {
                Write(buffer.Span);
            }
            return ValueTask.CompletedTask;
        }
    }
}
