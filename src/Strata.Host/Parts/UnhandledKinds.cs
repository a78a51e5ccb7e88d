namespace Strata.Host.Parts;

/// <summary>Kinds that the API server keeps and nothing of a cluster acts on yet, with what their users should know.</summary>
internal static class UnhandledKinds
{
    public static IReadOnlyDictionary<string, string> Notices { get; } = new Dictionary<string, string>
    {
        ["statefulsets.apps"] = NoPods("StatefulSet"),
        ["daemonsets.apps"] = NoPods("DaemonSet"),
        ["replicationcontrollers"] = NoPods("ReplicationController"),
        ["jobs.batch"] = NoPods("Job"),
        ["cronjobs.batch"] = "this cluster has no controller for CronJobs yet: it will start no jobs",
        ["horizontalpodautoscalers.autoscaling"] = "this cluster has no autoscaler yet: nothing will be scaled",
        ["poddisruptionbudgets.policy"] = "this cluster has no controller for PodDisruptionBudgets yet: the budget will refuse every eviction of its pods",
        ["persistentvolumeclaims"] = "this cluster binds no volumes yet: the claim will stay Pending",
        ["networkpolicies.networking.k8s.io"] = "this cluster does not enforce NetworkPolicies yet: all traffic stays allowed",
    };

    private static string NoPods(string kind) => $"this cluster has no controller for {kind}s yet: no pods will be started";
}
