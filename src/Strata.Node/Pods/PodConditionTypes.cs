namespace Strata.NodeAgent.Pods;

/// <summary>Which pod conditions the node writes; all others belong to someone else.</summary>
internal static class PodConditionTypes
{
    public static bool IsOwned(string type) => type is "PodReadyToStartContainers" or "Initialized" or "Ready" or "ContainersReady" or "PodScheduled";
}
