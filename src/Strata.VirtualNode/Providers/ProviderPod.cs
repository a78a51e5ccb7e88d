using Strata.Api.Models;

namespace Strata.VirtualNode.Providers;

/// <summary>A pod as the provider runs it.</summary>
public sealed record ProviderPod
{
    public required PodIdentity Identity { get; init; }

    /// <summary>Phase, addresses, start time and container statuses. Conditions, host address and QoS class are the node's business and are not read.</summary>
    public required PodStatus Status { get; init; }

    /// <summary>Whether <c>ready</c> of the container statuses is the outcome of probes; where it only means "runs", the node probes by itself.</summary>
    public bool TellsReadiness { get; init; } = true;

    /// <summary>It is on its way out. Once it is gone the provider does not list it any more.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>Why it does not come up, if the provider says so; the provider may go on trying.</summary>
    public ProviderFailure? Failure { get; init; }

    /// <summary>Oldest first.</summary>
    public IReadOnlyList<ProviderEvent> Events { get; init; } = [];

    /// <summary>What was adjusted to the provider's rules; only said once, in the answer to a create.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Nothing is expected to change without a cause: it has ended, or every container is ready.</summary>
    public bool IsSettled => !IsDeleting && Failure is null
        && (Status.Phase is "Succeeded" or "Failed" || (Status.Phase == "Running" && Status.ContainerStatuses.All(status => status.Ready || status.State.Terminated is { ExitCode: 0 })));

    /// <summary>Whether both look the same to a user.</summary>
    public bool IsSameAs(ProviderPod other) =>
        IsDeleting == other.IsDeleting && Failure == other.Failure && Events.SequenceEqual(other.Events) && ModelJson.ContentEquals(Status, other.Status);
}
