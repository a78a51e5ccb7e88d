using Strata.Api.Json;

namespace Strata.Api.Tests.Json;

public sealed class GoDurationTests
{
    [Theory]
    [InlineData("1h15m30.5s", 4530.5, "1h15m30.5s")]
    [InlineData("90s", 90, "1m30s")]
    [InlineData("250ms", 0.25, "250ms")]
    [InlineData("1h", 3600, "1h0m0s")]
    [InlineData("-1.5s", -1.5, "-1.5s")]
    [InlineData("0", 0, "0s")]
    [InlineData("1us", 0.000001, "1µs")]
    public void Durations_parse_and_print_like_go(string text, double seconds, string printed)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
        Assert.Equal(printed, GoDuration.Format(duration));
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("5x")]
    [InlineData("s")]
    [InlineData("1d")]
    [InlineData("1..5s")]
    [InlineData("99999999999h")]
    public void Anything_else_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));
}
