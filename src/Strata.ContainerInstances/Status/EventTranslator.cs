using Strata.Arm.ContainerGroups;
using Strata.ContainerInstances.Records;
using KubeEvent = Strata.Api.Models.Event;

namespace Strata.ContainerInstances.Status;

/// <summary>Turns the core's Events about a pod into a group's. Those of the control plane (Scheduled, FailedScheduling) name hosts,
/// which are hidden, and are left out; the operation reports missing capacity itself.</summary>
internal static class EventTranslator
{
    private static readonly HashSet<string> Shown =
        ["Pulling", "Pulled", "Created", "Started", "Killing", "Unhealthy", "Failed", "BackOff", "FailedMount", "FailedPostStartHook", "FailedPreStopHook", "InspectFailed", "Evicted"];

    public static IReadOnlyList<GroupEvent> Translate(IEnumerable<KubeEvent> events) =>
        [.. events.Where(e => Shown.Contains(e.Reason)).Select(Translate).OrderBy(e => e.Event.LastTimestamp).ThenBy(e => e.Event.FirstTimestamp)];

    private static GroupEvent Translate(KubeEvent source)
    {
        var first = source.FirstTimestamp ?? source.EventTime ?? source.Metadata.CreationTimestamp ?? default;
        var last = source.Series?.LastObservedTime ?? source.LastTimestamp ?? first;
        return new GroupEvent(ContainerOf(source.InvolvedObject.FieldPath), new ContainerEvent
        {
            Name = source.Reason,
            Message = source.Message,
            Type = source.Type == "Warning" ? "Warning" : "Normal",
            Count = Math.Max(1, source.Series?.Count ?? source.Count),
            FirstTimestamp = first,
            LastTimestamp = last,
        });
    }

    /// <summary><c>spec.containers{web}</c> → <c>web</c>.</summary>
    private static string? ContainerOf(string fieldPath)
    {
        var open = fieldPath.IndexOf('{', StringComparison.Ordinal);
        return open > 0 && fieldPath.EndsWith('}') ? fieldPath[(open + 1)..^1] : null;
    }
}
