namespace Strata.ApiServer.Http;

/// <summary>Keeps many busy watches from spending the machine on small packets. A stream that has been quiet sends at once; one that has just sent waits for more, the longer the
/// more streams are busy, so that all of them together send about <see cref="SendsPerSecond"/> times a second. Thread-safe; counts are approximate.</summary>
internal sealed class FlushPacer(TimeProvider clock)
{
    // What one core can encrypt and hand to the kernel and still have time for the events themselves.
    private const double SendsPerSecond = 20_000;

    // Beyond this nobody is made to wait, however many streams are busy.
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(50);

    private readonly long _windowTicks = clock.TimestampFrequency / 10;
    private long _window;
    private int _busyNow;
    private int _busyBefore;

    /// <summary>How long a stream should gather events before it sends.</summary>
    /// <param name="stream">The stream's own state.</param>
    public TimeSpan DelayOf(in PacedStream stream)
    {
        var busy = Math.Max(Volatile.Read(ref _busyNow), Volatile.Read(ref _busyBefore));
        var pause = TimeSpan.FromSeconds(busy / SendsPerSecond);
        var due = (pause > s_longest ? s_longest : pause) - clock.GetElapsedTime(stream.LastSent);

        // A timer takes a millisecond; less is not worth one.
        return due >= TimeSpan.FromMilliseconds(1) ? due : TimeSpan.Zero;
    }

    /// <summary>Notes that a stream has sent.</summary>
    public void Sent(ref PacedStream stream)
    {
        var now = clock.GetTimestamp();
        stream.LastSent = now;
        var window = now / _windowTicks;
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
    /// <summary>Timestamp of the last sending; 0 before.</summary>
    public long LastSent;

    /// <summary>The window of time in which the stream was counted last.</summary>
    public long Window;
}
