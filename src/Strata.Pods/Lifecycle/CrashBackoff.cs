namespace Strata.Pods.Lifecycle;

/// <summary>How long a container that keeps ending waits before it starts again: 10 s, doubled up to 5 min, forgotten after the container ran for 10 min.
/// Immutable. Source: client-go util/flowcontrol/backoff.go as kuberuntime uses it.</summary>
/// <param name="Delay">Wait after the next end; zero before the first restart.</param>
/// <param name="UpdatedAt">End of the run that last raised it.</param>
public readonly record struct CrashBackoff(TimeSpan Delay, DateTimeOffset UpdatedAt)
{
    public static readonly TimeSpan Initial = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Time still to wait after an end at <paramref name="finishedAt"/>; zero or less when a start is due.</summary>
    public TimeSpan Remaining(DateTimeOffset finishedAt, DateTimeOffset now) =>
        Delay == TimeSpan.Zero || IsExpired(finishedAt) ? TimeSpan.Zero : finishedAt + Delay - now;

    /// <summary>The state after a restart that follows an end at <paramref name="finishedAt"/>.</summary>
    public CrashBackoff Next(DateTimeOffset finishedAt)
    {
        var delay = Delay == TimeSpan.Zero || IsExpired(finishedAt) ? Initial : TimeSpan.FromTicks(Math.Min((Delay * 2).Ticks, Longest.Ticks));
        return new CrashBackoff(delay, finishedAt);
    }

    private bool IsExpired(DateTimeOffset finishedAt) => finishedAt - UpdatedAt > Longest * 2;
}
