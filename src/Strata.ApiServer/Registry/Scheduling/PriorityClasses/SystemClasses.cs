using Strata.Api.Models;

namespace Strata.ApiServer.Registry.Scheduling.PriorityClasses;

/// <summary>The classes that every cluster has (scheduling/v1: helpers.go).</summary>
internal static class SystemClasses
{
    public static IReadOnlyList<PriorityClass> All { get; } =
    [
        Class("system-node-critical", 2_000_001_000, "Used for system critical pods that must not be moved from their current node."),
        Class("system-cluster-critical", 2_000_000_000, "Used for system critical pods that must run in the cluster, but can be moved to another node if necessary."),
    ];

    private static PriorityClass Class(string name, int value, string description) =>
        new() { Metadata = new ObjectMeta { Name = name }, Value = value, Description = description };
}
