using Strata.Api.Models;
using Strata.VirtualNode.Providers;

namespace Strata.VirtualNode.Pods;

/// <summary>What the reconciler remembers of a pod between two looks. Nothing here is needed to go on after a restart: it only saves calls and repeats. Used by one worker at
/// a time, but for <see cref="AreFilesStale"/> and <see cref="IsAwaited"/>.</summary>
internal sealed class PodEntry
{
    private volatile bool _areFilesStale;
    private volatile bool _isAwaited;

    /// <summary>Which pod; known from the first status write on.</summary>
    public PodIdentity? Identity { get; set; }

    /// <summary>What it refers to has been looked up in this process.</summary>
    public bool WasResolved { get; set; }

    /// <summary>Version of the pod that the lister held when this look began.</summary>
    public string ListedVersion { get; set; } = "";

    /// <summary>Deletion has been noticed.</summary>
    public bool SawDeletion { get; set; }

    /// <summary>When the provider took it on in this process (see <see cref="ProviderView.Tick"/>); null when it did not.</summary>
    public long? CreatedAt { get; set; }

    /// <summary>When the provider took on the delete in this process.</summary>
    public long? DeletedAt { get; set; }

    /// <summary>When to repeat that delete if the provider still runs the pod then.</summary>
    public DateTimeOffset DeleteAgainAt { get; set; }

    /// <summary>We removed the pod from the API; the lister may show it a moment longer.</summary>
    public bool IsRemoved { get; set; }

    /// <summary>Failed attempts in a row.</summary>
    public int Failures { get; set; }

    /// <summary>No further attempt before this.</summary>
    public DateTimeOffset NotBefore { get; set; }

    /// <summary>Failure told to the user last, so that it is told once.</summary>
    public string? ToldFailure { get; set; }

    /// <summary>The pod as our last status write returned it, and the version it was based on: the lister may lag behind.</summary>
    public (string BaseVersion, Pod Result)? Written { get; set; }

    /// <summary>Provider events passed on, with their count; null before the first look.</summary>
    public Dictionary<(string? Container, string Reason, string Message), int>? SeenEvents { get; set; }

    /// <summary>A ConfigMap, Secret or token that the pod mounts has changed.</summary>
    public bool AreFilesStale
    {
        get => _areFilesStale;
        set => _areFilesStale = value;
    }

    /// <summary>A call of ours is accepted and its effect not yet seen.</summary>
    public bool IsAwaited
    {
        get => _isAwaited;
        set => _isAwaited = value;
    }
}
