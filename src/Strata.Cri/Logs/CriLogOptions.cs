namespace Strata.Cri.Logs;

/// <summary>What to read of a log; the fields of Kubernetes' <c>PodLogOptions</c>. By default everything there is now.</summary>
public sealed record CriLogOptions
{
    /// <summary>Goes on at the end of the file, also across rotation, until <see cref="Ended"/> or the token says stop.</summary>
    public bool Follow { get; init; }

    /// <summary>Completes when the container has ended; what it wrote last is still read. Null: only the token ends following.</summary>
    /// <remarks>Let it complete when CRI reports the container as exited: by then the runtime has written everything.</remarks>
    public Task? Ended { get; init; }

    /// <summary>Only the last lines, 0 or more; null for all. Parts of a line that the runtime had to split count as lines.</summary>
    public long? TailLines { get; init; }

    /// <summary>Skips lines from before this time.</summary>
    public DateTimeOffset? SinceTime { get; init; }

    /// <summary>Stops after this many bytes of output, at least 1; null for no limit.</summary>
    public long? LimitBytes { get; init; }

    /// <summary>Puts the time (RFC 3339 with nine digits) and a space in front of each line.</summary>
    public bool Timestamps { get; init; }

    public CriLogStreams Streams { get; init; } = CriLogStreams.All;
}
