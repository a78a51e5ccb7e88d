using Strata.Api.Models;

namespace Strata.Controllers.NodeLifecycle;

/// <summary>When a pod has to leave a node because of its NoExecute taints. Pure.</summary>
internal static class TaintEvictionPlan
{
    /// <summary>The time to go; null when every taint is tolerated for good.</summary>
    public static DateTimeOffset? LeaveAt(Pod pod, IReadOnlyList<Taint> taints, DateTimeOffset now)
    {
        DateTimeOffset? leave = null;
        foreach (var taint in taints.Where(taint => taint.Effect == "NoExecute"))
        {
            var tolerating = pod.Spec.Tolerations.Where(toleration => Tolerates(toleration, taint)).ToList();
            if (tolerating.Count == 0)
            {
                return now;
            }

            // The shortest of several applies; none with a limit means it stays.
            var limits = tolerating.Where(toleration => toleration.TolerationSeconds is not null).Select(toleration => toleration.TolerationSeconds!.Value).ToList();
            if (limits.Count > 0)
            {
                var due = (taint.TimeAdded ?? now) + TimeSpan.FromSeconds(Math.Max(0, limits.Min()));
                leave = leave is { } earlier && earlier < due ? earlier : due;
            }
        }

        return leave;
    }

    private static bool Tolerates(Toleration toleration, Taint taint) =>
        (toleration.Effect.Length == 0 || toleration.Effect == taint.Effect)
        && (toleration.Key == taint.Key || (toleration.Key.Length == 0 && toleration.Operator == "Exists"))
        && (toleration.Operator == "Exists" || toleration.Value == taint.Value);
}
