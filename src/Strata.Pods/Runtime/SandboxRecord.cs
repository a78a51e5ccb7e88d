namespace Strata.Pods.Runtime;

/// <summary>A pod sandbox as the runtime knows it.</summary>
public sealed record SandboxRecord
{
    public required string Id { get; init; }

    public required string PodUid { get; init; }

    public required string PodNamespace { get; init; }

    public required string PodName { get; init; }

    /// <summary>How many sandboxes the pod had before this one.</summary>
    public int Attempt { get; init; }

    /// <summary>Whether containers can run in it.</summary>
    public bool IsReady { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Addresses, primary first; empty in listings and on the host network.</summary>
    public IReadOnlyList<string> IPs { get; init; } = [];
}
