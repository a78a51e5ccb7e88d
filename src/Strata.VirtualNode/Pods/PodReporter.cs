using Strata.Api.Models;
using Strata.Client.Events;
using Strata.Pods;
using Strata.VirtualNode.Providers;
using Strata.VirtualNode.Resolution;

namespace Strata.VirtualNode.Pods;

/// <summary>Tells users about their pods, in the words of Virtual Kubelet where it has some.</summary>
internal sealed class PodReporter(IEventRecorder events)
{
    public void Created(Pod pod, string provider, IReadOnlyList<string> notes)
    {
        events.Record(pod, "Normal", "ProviderCreateSuccess", $"The pod was taken on by the provider \"{provider}\".");
        if (notes.Count > 0)
        {
            events.Record(pod, "Normal", "Adjusted", $"Adjusted to the provider's rules: {string.Join("; ", notes)}.");
        }
    }

    public void Warning(Pod pod, string reason, string message) => events.Record(pod, "Warning", reason, message);

    public void Unhealthy(Pod pod, string container, string message) =>
        events.Record(pod, "Warning", "Unhealthy", $"Readiness probe failed: {message}", PodContainers.FieldPath(pod.Spec, container));

    public void Missing(ResolvedPod resolved)
    {
        foreach (var reference in resolved.Missing)
        {
            var what = $"{(reference.IsOptional ? "Optional" : "Mandatory")}{reference.Kind}{(reference.Key is null ? "" : "Key")}NotFound";
            events.Record(resolved.Pod, reference.IsOptional ? "Normal" : "Warning", what, reference.Message);
        }

        foreach (var (container, environment) in resolved.Environments.Where(entry => entry.Value.InvalidNames.Count > 0))
        {
            events.Record(
                resolved.Pod, "Warning", "InvalidEnvironmentVariableNames",
                $"Keys [{string.Join(", ", environment.InvalidNames)}] were skipped since they are considered invalid environment variable names.", PodContainers.FieldPath(resolved.Pod.Spec, container));
        }
    }

    /// <summary>Passes on what the provider saw and this process has not told yet.</summary>
    public void Forward(Pod pod, PodEntry entry, IReadOnlyList<ProviderEvent> seen)
    {
        // After a restart of this process the old events of a running pod have long been told.
        var isFirstLook = entry.SeenEvents is null;
        var known = entry.SeenEvents ??= [];
        foreach (var found in seen)
        {
            var key = (found.Container, found.Reason, found.Message);
            if (known.GetValueOrDefault(key) >= found.Count)
            {
                continue;
            }

            known[key] = found.Count;
            if (!isFirstLook)
            {
                events.Record(pod, found.Type, found.Reason, found.Message, found.Container is null ? "" : PodContainers.FieldPath(pod.Spec, found.Container));
            }
        }
    }
}
