namespace Strata.Pods.Runtime;

/// <summary>A container as the runtime knows it. Listings leave out what is marked so.</summary>
public sealed record ContainerRecord
{
    public required string Id { get; init; }

    public required string SandboxId { get; init; }

    public required string PodUid { get; init; }

    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    /// <summary>Name in the pod spec.</summary>
    public required string Name { get; init; }

    /// <summary>How often the container was restarted before: <c>restartCount</c>.</summary>
    public int Attempt { get; init; }

    public ContainerPhase Phase { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not in listings.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Not in listings.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Not in listings.</summary>
    public int ExitCode { get; init; }

    /// <summary><c>Completed</c>, <c>Error</c>, <c>OOMKilled</c>, <c>StartError</c>... Not in listings.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Termination message or start failure. Not in listings.</summary>
    public string Message { get; init; } = "";

    /// <summary>Image as the spec named it.</summary>
    public string Image { get; init; } = "";

    /// <summary>What the image resolved to: a repository digest where there is one, else the image id.</summary>
    public string ImageId { get; init; } = "";

    /// <summary>Absolute path of the log file. Not in listings.</summary>
    public string LogPath { get; init; } = "";

    /// <summary>Annotations that the agent gave it.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();
}
