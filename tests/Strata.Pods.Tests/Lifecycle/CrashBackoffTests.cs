using Strata.Pods.Lifecycle;

namespace Strata.Pods.Tests.Lifecycle;

public sealed class CrashBackoffTests
{
    [Fact]
    public void The_wait_doubles_from_ten_seconds_to_five_minutes()
    {
        var backoff = default(CrashBackoff);
        Assert.Equal(TimeSpan.Zero, backoff.Remaining(Given.Now, Given.Now));
        var delays = new List<double>();
        for (var run = 0; run < 7; run++)
        {
            backoff = backoff.Next(Given.Now.AddSeconds(run));
            delays.Add(backoff.Delay.TotalSeconds);
        }

        Assert.Equal([10, 20, 40, 80, 160, 300, 300], delays);
    }

    [Fact]
    public void A_run_of_more_than_ten_minutes_clears_it()
    {
        var backoff = new CrashBackoff(TimeSpan.FromSeconds(160), Given.Now);
        var later = Given.Now.AddMinutes(11);
        Assert.Equal(TimeSpan.Zero, backoff.Remaining(later, later));
        Assert.Equal(TimeSpan.FromSeconds(10), backoff.Next(later).Delay);
    }
}
