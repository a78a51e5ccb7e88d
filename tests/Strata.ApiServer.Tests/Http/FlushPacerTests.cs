using Microsoft.Extensions.Time.Testing;
using Strata.ApiServer.Http;

namespace Strata.ApiServer.Tests.Http;

public sealed class FlushPacerTests
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(50));

    [Fact]
    public void A_few_busy_streams_send_at_once()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[19];
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < streams.Length; i++)
            {
                Assert.Equal(TimeSpan.Zero, pacer.PauseAfterSending(ref streams[i]));
            }

            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Of_many_busy_streams_each_gathers_events_for_a_while_and_they_do_not_wake_together()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[600];
        Send(pacer, streams);

        var pauses = Send(pacer, streams);

        Assert.All(pauses, pause => Assert.InRange(pause.TotalMilliseconds, 30 * 0.7, 30 * 1.3));
        Assert.Equal(30, pauses.Average(pause => pause.TotalMilliseconds), 0.5);
        Assert.All(pauses.GroupBy(pause => (int)pause.TotalMilliseconds), sameMillisecond => Assert.InRange(sameMillisecond.Count(), 1, 40));
    }

    [Fact]
    public void However_many_are_busy_nobody_waits_long()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[5000];
        Send(pacer, streams);

        Assert.All(Send(pacer, streams), pause => Assert.InRange(pause.TotalMilliseconds, 35, 65));
    }

    [Fact]
    public void When_the_others_fall_quiet_nobody_waits_any_more()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[600];
        Send(pacer, streams);
        for (var window = 0; window < 3; window++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            pacer.PauseAfterSending(ref streams[0]);
        }

        Assert.Equal(TimeSpan.Zero, pacer.PauseAfterSending(ref streams[0]));
    }

    private static List<TimeSpan> Send(FlushPacer pacer, PacedStream[] streams)
    {
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < streams.Length; i++)
        {
            pauses.Add(pacer.PauseAfterSending(ref streams[i]));
        }

        return pauses;
    }
}
