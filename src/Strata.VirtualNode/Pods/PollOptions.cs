namespace Strata.VirtualNode.Pods;

/// <summary>How often the provider is asked for its pods. One call tells of all of them.</summary>
public sealed record PollOptions
{
    /// <summary>While something is changing.</summary>
    public TimeSpan Changing { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>While something is expected to change but has not for <see cref="Patience"/>: a crash back-off, a missing image.</summary>
    public TimeSpan Waiting { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>While every pod runs and is ready, or has ended.</summary>
    public TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Without pods: only groups that nobody owns can be found.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);
}
