using Microsoft.Extensions.Logging;
using Strata.Client.Events;
using Strata.NodeAgent.Images;
using Strata.NodeAgent.Volumes;
using Strata.Pods.Lifecycle;
using Strata.Pods.Probes;
using Strata.Pods.References;
using Strata.Pods.Runtime;
using Strata.Pods.Status;
using Strata.Pods.Volumes;

namespace Strata.NodeAgent.Pods;

/// <summary>What a pod worker works with; shared by all workers.</summary>
internal sealed record PodServices(
    NodeFacts Facts, NodePaths Paths, IContainerRuntime Runtime, IPodObjects Objects, TokenCache Tokens, VolumeManager Volumes, ImageManager Images,
    IProber Prober, HookRunner Hooks, StatusWriter StatusWriter, IEventRecorder Events, TimeProvider Clock, ILogger<PodWorker> Logger);
