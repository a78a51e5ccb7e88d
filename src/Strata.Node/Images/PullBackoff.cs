namespace Strata.NodeAgent.Images;

/// <summary>When an image that could not be pulled is tried again: 10 s, doubled up to 5 min.</summary>
internal sealed record PullBackoff(TimeSpan Delay, DateTimeOffset RetryAt, string LastError)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    public static PullBackoff After(PullBackoff? previous, DateTimeOffset now, string error)
    {
        var delay = previous is null ? First : TimeSpan.FromTicks(Math.Min((previous.Delay * 2).Ticks, Longest.Ticks));
        return new PullBackoff(delay, now + delay, error);
    }
}
