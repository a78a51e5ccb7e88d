using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Lifecycle;

/// <summary>All that is known about a pod on this node at one moment: what is wanted, what the runtime has, what probes found. Plans and statuses are computed from it and nothing else.</summary>
public sealed record PodView
{
    public required Pod Pod { get; init; }

    /// <summary>Sandboxes of the pod, any order.</summary>
    public IReadOnlyList<SandboxRecord> Sandboxes { get; init; } = [];

    /// <summary>Containers of the pod, dead ones included, any order.</summary>
    public IReadOnlyList<ContainerRecord> Containers { get; init; } = [];

    /// <summary>What probes found, by container id.</summary>
    public IReadOnlyDictionary<string, ProbeVerdict> Probes { get; init; } = new Dictionary<string, ProbeVerdict>();

    /// <summary>Containers whose postStart hook still runs, by id: running, but not started yet.</summary>
    public IReadOnlySet<string> StartHooksRunning { get; init; } = new HashSet<string>();

    /// <summary>What keeps containers from running, by name.</summary>
    public IReadOnlyDictionary<string, ContainerFault> Faults { get; init; } = new Dictionary<string, ContainerFault>();

    /// <summary>Crash backoff by container name.</summary>
    public IReadOnlyDictionary<string, CrashBackoff> Backoffs { get; init; } = new Dictionary<string, CrashBackoff>();

    /// <summary>Why the node ended the pod (evicted, deadline, refused); null while it has not.</summary>
    public PodEnd? End { get; init; }

    /// <summary>The newest sandbox, ready or not; null when there is none.</summary>
    public SandboxRecord? Sandbox => Sandboxes.MaxBy(sandbox => sandbox.Attempt);

    /// <summary>The newest record of a container; null when there is none.</summary>
    public ContainerRecord? Newest(string name) =>
        Containers.Where(container => container.Name == name).MaxBy(container => (container.Attempt, container.CreatedAt));

    /// <summary>Whether the container counts as started: it runs, its start hook is done and its startup probe passed.</summary>
    public bool IsStarted(Container spec, ContainerRecord record) =>
        record.Phase == ContainerPhase.Running && !StartHooksRunning.Contains(record.Id)
        && (spec.StartupProbe is null || Probes.GetValueOrDefault(record.Id) is { Startup: true });

    /// <summary>Whether the container may take traffic.</summary>
    public bool IsReady(Container spec, ContainerRecord record) =>
        IsStarted(spec, record) && (spec.ReadinessProbe is null || Probes.GetValueOrDefault(record.Id) is { Readiness: true });
}
