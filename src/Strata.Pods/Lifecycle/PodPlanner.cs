using Strata.Api.Models;
using Strata.Pods.Runtime;

namespace Strata.Pods.Lifecycle;

/// <summary>Decides what a pod needs next from what is there. Pure; level-triggered: asked again at any time it gives what is still missing.
/// Source: kubelet/kuberuntime computePodActions (behaviour).</summary>
public static class PodPlanner
{
    public static PodPlan Plan(PodView view, DateTimeOffset now)
    {
        var spec = view.Pod.Spec;
        if (view.End is not null || view.Pod.IsTerminal())
        {
            return new PodPlan { StopPod = true };
        }

        var sandbox = view.Sandbox is { IsReady: true } ready ? ready : null;
        var pass = new Pass(view, sandbox, now);
        if (IsFinished(view))
        {
            return new PodPlan { StopPod = true };
        }

        if (sandbox is null)
        {
            // Whatever still runs belonged to a sandbox that is gone and has no network any more.
            pass.StopStray();
        }

        if (pass.AddInitContainers())
        {
            pass.AddContainers(spec.Containers);
            pass.AddContainers(spec.EphemeralContainers.Select(PodContainers.AsContainer));
        }

        return pass.Finish();
    }

    /// <summary>Whether no app container runs or will ever run again.</summary>
    public static bool IsFinished(PodView view)
    {
        var spec = view.Pod.Spec;
        if (view.Sandboxes.Count == 0 && view.Containers.Count == 0)
        {
            return false;
        }

        if (spec.InitContainers.Any(init => HasFailedForGood(view, init)))
        {
            return true;
        }

        return spec.Containers.Count > 0 && spec.Containers.All(container =>
            view.Newest(container.Name) is { Phase: ContainerPhase.Exited or ContainerPhase.Unknown } record
            && !RestartDecision.ShouldRestart(spec, container, record.ExitCode));
    }

    private static bool HasFailedForGood(PodView view, Container init) =>
        !PodContainers.IsSidecar(init)
        && view.Newest(init.Name) is { Phase: ContainerPhase.Exited, ExitCode: not 0 } record
        && !RestartDecision.ShouldRestart(view.Pod.Spec, init, record.ExitCode);

    private sealed class Pass(PodView view, SandboxRecord? sandbox, DateTimeOffset now)
    {
        private readonly PodSpec _spec = view.Pod.Spec;
        private readonly List<ContainerToStart> _start = [];
        private readonly List<ContainerToStop> _stop = [];
        private readonly List<ContainerToWait> _waiting = [];

        public void StopStray() =>
            _stop.AddRange(view.Containers.Where(IsAlive).Select(record => new ContainerToStop(record, "Pod sandbox changed, it will be killed and re-created.", null)));

        /// <returns>Whether the app containers may start.</returns>
        public bool AddInitContainers()
        {
            // Once an app container exists in this sandbox, plain init containers are history; sidecars are kept running.
            var isInitialized = _spec.Containers.Any(container => InSandbox(container.Name) is not null);
            foreach (var container in _spec.InitContainers)
            {
                var isSidecar = PodContainers.IsSidecar(container);
                if (isInitialized && !isSidecar)
                {
                    continue;
                }

                var record = InSandbox(container.Name);
                if (isSidecar)
                {
                    Keep(container, record);
                    if (!isInitialized && (record is null || !view.IsStarted(container, record)))
                    {
                        return false;
                    }
                }
                else if (record is not { Phase: ContainerPhase.Exited, ExitCode: 0 })
                {
                    Keep(container, record);
                    return false;
                }
            }

            return true;
        }

        public void AddContainers(IEnumerable<Container> containers)
        {
            foreach (var container in containers)
            {
                Keep(container, InSandbox(container.Name) ?? SucceededBefore(container));
            }
        }

        public PodPlan Finish() => new()
        {
            NewSandboxAttempt = sandbox is null ? (view.Sandbox?.Attempt ?? -1) + 1 : null,
            Start = _start,
            Stop = _stop,
            Waiting = _waiting,
        };

        // A container that finished in an earlier sandbox and must not run again counts as done.
        private ContainerRecord? SucceededBefore(Container container) =>
            view.Newest(container.Name) is { Phase: ContainerPhase.Exited } record && !RestartDecision.ShouldRestart(_spec, container, record.ExitCode) ? record : null;

        private ContainerRecord? InSandbox(string name) =>
            view.Newest(name) is { } record && sandbox is not null && record.SandboxId == sandbox.Id ? record : null;

        private void Keep(Container container, ContainerRecord? record)
        {
            if (record is null)
            {
                _start.Add(new ContainerToStart(container, NextAttempt(container), view.Newest(container.Name)));
            }
            else if (record.Phase == ContainerPhase.Created)
            {
                // The agent ended between create and start: a container that never ran is replaced without counting as a restart.
                _start.Add(new ContainerToStart(container, record.Attempt, record));
            }
            else if (record.Phase == ContainerPhase.Running)
            {
                StopIfUnhealthy(container, record);
            }
            else if (RestartDecision.ShouldRestart(_spec, container, record.ExitCode))
            {
                Restart(container, record);
            }
        }

        private void Restart(Container container, ContainerRecord record)
        {
            var backoff = view.Backoffs.GetValueOrDefault(container.Name);
            var remaining = backoff.Remaining(record.FinishedAt ?? record.CreatedAt, now);
            if (remaining > TimeSpan.Zero)
            {
                _waiting.Add(new ContainerToWait(container, backoff.Delay, remaining));
            }
            else
            {
                _start.Add(new ContainerToStart(container, NextAttempt(container), record));
            }
        }

        private void StopIfUnhealthy(Container container, ContainerRecord record)
        {
            var verdict = view.Probes.GetValueOrDefault(record.Id);
            if (verdict?.Startup == false)
            {
                _stop.Add(new ContainerToStop(record, $"Container {container.Name} failed startup probe, will be restarted", container.StartupProbe?.TerminationGracePeriodSeconds));
            }
            else if (verdict?.Liveness == false)
            {
                _stop.Add(new ContainerToStop(record, $"Container {container.Name} failed liveness probe, will be restarted", container.LivenessProbe?.TerminationGracePeriodSeconds));
            }
        }

        // The API's count stands in when dead containers were removed with the node's disk.
        private int NextAttempt(Container container)
        {
            if (view.Newest(container.Name) is { } record)
            {
                return record.Attempt + 1;
            }

            var status = view.Pod.Status.ContainerStatuses.Concat(view.Pod.Status.InitContainerStatuses).FirstOrDefault(known => known.Name == container.Name);
            return status is { ContainerID.Length: > 0 } ? status.RestartCount + 1 : 0;
        }

        private static bool IsAlive(ContainerRecord record) => record.Phase is ContainerPhase.Running or ContainerPhase.Created;
    }
}
