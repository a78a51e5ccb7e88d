using System.Globalization;
using System.Text;
using CsCheck;
using Strata.Api.Models;

namespace Strata.Api.Tests.Models;

public sealed class KubeTimeTests
{
    [Theory]
    [InlineData("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z")]
    [InlineData("2026-01-02T03:04:05.5Z", "2026-01-02T03:04:05.500000Z")]
    [InlineData("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456Z")]
    [InlineData("2026-01-02T03:04:05+02:00", "2026-01-02T01:04:05.000000Z")]
    [InlineData("2026-01-02T03:04:05.25-01:30", "2026-01-02T04:34:05.250000Z")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z")]
    public void Rfc_3339_times_are_read_as_utc(string text, string expected)
    {
        Assert.True(KubeTime.TryParse(text, out var time));
        Assert.Equal(expected, KubeTime.FormatMicro(time));
        Assert.True(KubeTime.TryParse(Encoding.UTF8.GetBytes(text), out var same));
        Assert.Equal(time, same);
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-02")]
    [InlineData("2026-01-02T03:04:05")]
    [InlineData("2026-01-02 03:04:05Z")]
    [InlineData("2026-13-02T03:04:05Z")]
    [InlineData("2025-02-29T03:04:05Z")]
    [InlineData("2026-01-02T24:04:05Z")]
    [InlineData("2026-01-02T03:04:60Z")]
    [InlineData("2026-01-02T03:04:05.Z")]
    [InlineData("2026-01-02T03:04:05+0200")]
    [InlineData("2026-01-02T03:04:05Zx")]
    [InlineData("0000-01-02T03:04:05Z")]
    [InlineData("0001-01-01T00:00:00+01:00")]
    [InlineData("+026-01-02T03:04:05Z")]
    [InlineData("2026-01-02T03:04:05.99999999999999999999999999999999999999999Z")]
    public void Anything_else_is_refused(string text) => Assert.False(KubeTime.TryParse(text, out _));

    [Fact]
    public void Reading_what_was_written_gives_the_same_time() =>
        Gen.Long[0, DateTimeOffset.MaxValue.Ticks].Sample(ticks =>
        {
            var time = new DateTimeOffset(ticks, TimeSpan.Zero);
            Assert.True(KubeTime.TryParse(time.ToString("O", CultureInfo.InvariantCulture), out var exact));
            Assert.Equal(time, exact);
            Assert.True(KubeTime.TryParse(KubeTime.Format(time), out var seconds));
            Assert.Equal(KubeTime.Truncate(time), seconds);
        });
}
