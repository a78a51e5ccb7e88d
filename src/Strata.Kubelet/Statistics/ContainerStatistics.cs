using Strata.Pods.Runtime;

namespace Strata.Kubelet.Statistics;

/// <summary>What is known of a container that runs.</summary>
/// <param name="Usage">What it uses; null where nobody measures.</param>
public sealed record ContainerStatistics(string Name, DateTimeOffset? StartedAt, ContainerUsage? Usage);
