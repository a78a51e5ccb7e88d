using Strata.Api.Models;

namespace Strata.Controllers.Deployments;

/// <summary>How far a rolling update may stray from the wanted number of pods.</summary>
/// <param name="Replicas">Wanted pods.</param>
/// <param name="MaxSurge">Pods above that; percentages round up.</param>
/// <param name="MaxUnavailable">Pods below that; percentages round down; never both 0.</param>
internal readonly record struct RollingBounds(int Replicas, int MaxSurge, int MaxUnavailable)
{
    public int MostPods => Replicas + MaxSurge;

    public int LeastAvailable => Replicas - MaxUnavailable;

    public static RollingBounds Of(Deployment deployment)
    {
        var replicas = deployment.Spec.Replicas ?? 1;
        if (deployment.Spec.Strategy.Type == "Recreate")
        {
            return new RollingBounds(replicas, 0, 0); // It takes all pods down, but is available only with all of them up.
        }

        var rolling = deployment.Spec.Strategy.RollingUpdate;
        var surge = (rolling?.MaxSurge ?? "25%").Scale(replicas, roundUp: true);
        var unavailable = (rolling?.MaxUnavailable ?? "25%").Scale(replicas, roundUp: false);
        unavailable = surge == 0 && unavailable == 0 ? 1 : unavailable;
        return new RollingBounds(replicas, surge, Math.Min(unavailable, replicas));
    }
}
