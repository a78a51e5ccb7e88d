namespace Strata.ApiServer.Http;

/// <summary>Keeps many busy watches from spending the machine on small packets. A stream that has been quiet sends at once; one that has just sent waits for more, the longer the
/// more streams are busy, so that all of them together send about <see cref="SendsPerSecond"/> times a second. Thread-safe; counts are approximate.</summary>
internal sealed class FlushPacer(TimeProvider clock)
{
    // What one core can encrypt and hand to the kernel and still have time for the events themselves.
    private const double SendsPerSecond = 20_000;

    // Multiples of it, without their whole part, fall evenly between 0 and 1 however many there are.
    private const double GoldenRatio = 0.6180339887498949;

    // Beyond this nobody is made to wait, however many streams are busy.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(50);

    private readonly long _windowTicks = clock.TimestampFrequency / 10;
    private long _window;
    private int _busyNow;
    private int _busyBefore;
    private int _sent;

    /// <summary>Notes that a stream has sent, and tells how long it should gather events before it sends again; zero when that is not worth a timer.</summary>
    /// <param name="stream">The stream's own state.</param>
    public TimeSpan PauseAfterSending(ref PacedStream stream)
    {
        Count(ref stream);
        var busy = Math.Max(Volatile.Read(ref _busyNow), Volatile.Read(ref _busyBefore));
        var pause = TimeSpan.FromSeconds(busy / SendsPerSecond);
        if (pause < TimeSpan.FromMilliseconds(1))
        {
            return TimeSpan.Zero; // A timer takes that long.
        }

        // They all see the same event, but must not all wake at the same time: whoever comes last, and every write in between, would wait for all of them.
        var spread = Interlocked.Increment(ref _sent) * GoldenRatio;
        return (pause > s_longest ? s_longest : pause) * (0.7 + (0.6 * (spread - Math.Floor(spread))));
    }

    private void Count(ref PacedStream stream)
    {
        var window = clock.GetTimestamp() / _windowTicks;
        var known = Volatile.Read(ref _window);
        if (window != known && Interlocked.CompareExchange(ref _window, window, known) == known)
        {
            Volatile.Write(ref _busyBefore, window == known + 1 ? Interlocked.Exchange(ref _busyNow, 0) : 0);
            if (window != known + 1)
            {
                Interlocked.Exchange(ref _busyNow, 0);
            }
        }

        if (stream.Window != window)
        {
            stream.Window = window;
            Interlocked.Increment(ref _busyNow);
        }
    }
}

/// <summary>One stream's part in a <see cref="FlushPacer"/>. Starts as quiet.</summary>
internal struct PacedStream
{
    /// <summary>The window of time in which the stream was counted last.</summary>
    public long Window;
}
