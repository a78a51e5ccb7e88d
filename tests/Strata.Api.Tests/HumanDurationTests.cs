namespace Strata.Api.Tests;

public sealed class HumanDurationTests
{
    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-1, "0s")]
    [InlineData(-5, "<invalid>")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(135, "2m15s")]
    [InlineData(600, "10m")]
    [InlineData((3 * 3600) - 1, "179m")]
    [InlineData(3 * 3600, "3h")]
    [InlineData((7 * 3600) + 1860, "7h31m")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(48 * 3600, "2d")]
    [InlineData((7 * 86400) + (5 * 3600), "7d5h")]
    [InlineData(100 * 86400, "100d")]
    [InlineData((730 * 86400) + 86400, "2y1d")]
    [InlineData(9L * 365 * 86400, "9y")]
    public void Ages_read_as_kubectl_prints_them(long seconds, string expected) => Assert.Equal(expected, HumanDuration.Format(TimeSpan.FromSeconds(seconds)));
}
