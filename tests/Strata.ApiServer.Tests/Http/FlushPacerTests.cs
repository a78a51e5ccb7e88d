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
        var streams = new PacedStream[20];
        for (var round = 0; round < 50; round++)
        {
            for (var i = 0; i < streams.Length; i++)
            {
                Assert.Equal(TimeSpan.Zero, pacer.DelayOf(streams[i]));
                pacer.Sent(ref streams[i]);
            }

            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public void Of_many_busy_streams_each_gathers_events_for_a_while()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[600];
        for (var i = 0; i < streams.Length; i++)
        {
            pacer.Sent(ref streams[i]);
        }

        Assert.Equal(30, pacer.DelayOf(streams[0]).TotalMilliseconds, 3);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(10, pacer.DelayOf(streams[0]).TotalMilliseconds, 3);
        _clock.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(TimeSpan.Zero, pacer.DelayOf(streams[0]));
    }

    [Fact]
    public void A_quiet_stream_sends_at_once_beside_any_number_of_busy_ones()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[5000];
        for (var i = 0; i < streams.Length; i++)
        {
            pacer.Sent(ref streams[i]);
        }

        Assert.Equal(TimeSpan.Zero, pacer.DelayOf(default));
        Assert.Equal(50, pacer.DelayOf(streams[0]).TotalMilliseconds, 3); // However many, nobody waits longer.
    }

    [Fact]
    public void When_the_others_fall_quiet_nobody_waits_any_more()
    {
        var pacer = new FlushPacer(_clock);
        var streams = new PacedStream[600];
        for (var i = 0; i < streams.Length; i++)
        {
            pacer.Sent(ref streams[i]);
        }

        for (var window = 0; window < 3; window++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(100));
            pacer.Sent(ref streams[0]);
        }

        Assert.Equal(TimeSpan.Zero, pacer.DelayOf(streams[0]));
    }
}
