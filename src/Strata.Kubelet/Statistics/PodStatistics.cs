using Strata.Api.Models;

namespace Strata.Kubelet.Statistics;

/// <summary>What is known of a pod that runs.</summary>
/// <param name="Pod">Name, namespace and UID are read.</param>
public sealed record PodStatistics(ObjectMeta Pod, DateTimeOffset? StartedAt, IReadOnlyList<ContainerStatistics> Containers);
