using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods.Spec;

/// <summary>Defaults of a pod's spec (core/v1: SetDefaults_PodSpec, SetDefaults_Pod).</summary>
internal static class PodSpecDefaults
{
    /// <summary>The lists of containers in a pod's spec.</summary>
    public static readonly string[] ContainerLists = ["initContainers", "containers", "ephemeralContainers"];

    /// <param name="isPod">Whether it is a pod's own spec: a template leaves to its pods what depends on the pod.</param>
    public static void Apply(JsonObject spec, bool isPod)
    {
        spec.DefaultText("restartPolicy", "Always");
        spec.DefaultText("dnsPolicy", "ClusterFirst");
        spec.DefaultNumber("terminationGracePeriodSeconds", 30);
        spec.Ensure("securityContext");
        spec.DefaultText("schedulerName", "default-scheduler");
        SyncServiceAccount(spec);
        if (isPod)
        {
            spec.DefaultFlag("enableServiceLinks", true);
        }

        foreach (var (volume, _) in spec.Objects("volumes"))
        {
            VolumeDefaults.Apply(volume);
        }

        var hostNetwork = isPod && spec.IsTrue("hostNetwork");
        foreach (var list in ContainerLists)
        {
            foreach (var (container, _) in spec.Objects(list))
            {
                ContainerDefaults.Apply(container, hostNetwork, requestsFromLimits: isPod && list != "ephemeralContainers");
            }
        }

        Quantities.Canonicalize(spec.Object("overhead"));
        DefaultPodResources(spec.Object("resources"), isPod);
    }

    /// <summary>Keeps the older field <c>serviceAccount</c> in step with <c>serviceAccountName</c>, which wins.</summary>
    public static void SyncServiceAccount(JsonObject spec)
    {
        if ((spec.Text("serviceAccountName") ?? spec.Text("serviceAccount")) is { } account)
        {
            spec["serviceAccountName"] = account;
            spec["serviceAccount"] = account;
        }
    }

    private static void DefaultPodResources(JsonObject? resources, bool isPod)
    {
        Quantities.Canonicalize(resources.Object("limits"));
        Quantities.Canonicalize(resources.Object("requests"));
        if (isPod && resources.Object("limits") is { } limits)
        {
            ContainerDefaults.RequestWhatIsLimited(resources!, limits);
        }
    }
}
