using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using Strata.Hosting.Logging;

namespace Strata.Hosting.Tests;

public sealed partial class JsonLogTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void A_record_is_one_line_with_its_values_apart()
    {
        var lines = Record(logger => LogBound(logger, new InvalidOperationException("no\nroom"), "default/\"web\"", 3, "x"));

        var record = JsonDocument.Parse(Assert.Single(lines)).RootElement;
        Assert.Equal("2026-01-02T03:04:05.000000Z", record.GetProperty("ts").GetString());
        Assert.Equal("warning", record.GetProperty("level").GetString());
        Assert.Equal("Strata.Test", record.GetProperty("logger").GetString());
        Assert.Equal(77, record.GetProperty("event").GetInt32());
        Assert.Equal("Pod default/\"web\" failed 3 times on x", record.GetProperty("msg").GetString());
        Assert.Equal("default/\"web\"", record.GetProperty("pod").GetString());
        Assert.Equal(3, record.GetProperty("count").GetInt32());
        Assert.Equal("x", record.GetProperty("_level").GetString()); // A value never hides a field of the record.
        Assert.StartsWith("System.InvalidOperationException: no\nroom", record.GetProperty("err").GetString(), StringComparison.Ordinal);
        Assert.False(record.TryGetProperty("trace", out _));
        Assert.False(record.TryGetProperty("{OriginalFormat}", out _));
    }

    [Fact]
    public void A_record_within_a_trace_names_it()
    {
        using var activity = new Activity("work").Start();

        var record = JsonDocument.Parse(Assert.Single(Record(logger => LogBound(logger, null, "a", 1, "b")))).RootElement;

        Assert.Equal(activity.TraceId.ToHexString(), record.GetProperty("trace").GetString());
        Assert.Equal(activity.SpanId.ToHexString(), record.GetProperty("span").GetString());
    }

    private static string[] Record(Action<ILogger> log)
    {
        using var text = new StringWriter();
        using var provider = new LineLoggerProvider(text, LogLevel.Debug, new FakeTimeProvider(Now), LogFormat.Json);
        log(provider.CreateLogger("Strata.Test"));
        return text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [LoggerMessage(77, LogLevel.Warning, "Pod {Pod} failed {Count} times on {Level}")]
    private static partial void LogBound(ILogger logger, Exception? error, string pod, int count, string level);
}
