using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Strata.Api.Models;
using Strata.Arm;
using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Translation;

namespace Strata.ContainerInstances.Records;

/// <summary>All that is durable about one container group. Immutable; a change is a new record, stored before it takes effect.</summary>
internal sealed record GroupRecord
{
    /// <summary>Told apart from an earlier or later group of the same name. Names everything in the core.</summary>
    public required string Uid { get; init; }

    public required string SubscriptionId { get; init; }

    public required string ResourceGroup { get; init; }

    /// <summary>As accepted, normalised, with its secrets.</summary>
    public required ContainerGroup Group { get; init; }

    public required DesiredState Desired { get; init; }

    /// <summary>Which pod is the current one, counted from 1. Every start, restart and update takes the next.</summary>
    public required int Incarnation { get; init; }

    public required string ProvisioningState { get; init; }

    /// <summary>The operation in progress; null when there is none.</summary>
    public string? OperationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the current incarnation, or the deletion, was asked for.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    /// <summary>The current pod has been seen in the core; if it is missing now, it was taken away.</summary>
    public bool PodSeen { get; init; }

    /// <summary>Raised when the secrets of the current pod were changed in place and must be written to the core again.</summary>
    public int SecretsVersion { get; init; }

    /// <summary>The secrets as they are in the core.</summary>
    public int SecretsWritten { get; init; }

    /// <summary>Some incarnation needed secrets in the core, so they must be looked for when a pod goes.</summary>
    public bool HasSecrets { get; init; }

    /// <summary>The core refused the current pod for good; nothing is tried again until the group is changed.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Last status of a pod that has ended or is gone; a running one's is read from the core.</summary>
    [JsonIgnore]
    public Pod? LastPod { get; init; }

    /// <summary><see cref="LastPod"/> as the document holds it: pods read and write themselves.</summary>
    [JsonPropertyName("lastPod")]
    public JsonNode? LastPodJson
    {
        get => LastPod is null ? null : JsonNode.Parse(ModelJson.Serialize(LastPod));
        init => LastPod = value is null ? null : ModelJson.Parse<Pod>(JsonSerializer.SerializeToUtf8Bytes(value.AsObject(), ArmJson.Default.JsonObject));
    }

    /// <summary>Events as of <see cref="LastPod"/>, and those of the service itself.</summary>
    public IReadOnlyList<GroupEvent> Events { get; init; } = [];

    /// <summary>Last output of each container, kept when the group is stopped.</summary>
    public IReadOnlyDictionary<string, string>? LastLogs { get; init; }

    [JsonIgnore]
    public ArmResourceId Id => field ??= ArmResourceId.ForContainerGroup(SubscriptionId, ResourceGroup, Group.Name!);

    [JsonIgnore]
    public string PodName => PodNames.Pod(Uid, Incarnation);

    [JsonIgnore]
    public bool IsTransitioning => OperationId is not null;
}
