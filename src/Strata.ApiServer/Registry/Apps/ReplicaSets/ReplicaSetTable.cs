using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.ReplicaSets;

/// <summary>Printer columns of ReplicaSets (printers/internalversion: printReplicaSet).</summary>
internal static class ReplicaSetTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Desired", "integer", Description: "Number of desired pods."), new("Current", "integer", Description: "Number of pods that exist."),
        new("Ready", "integer", Description: "Number of pods that are ready."), TableColumn.AgeColumn, WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn,
        WorkloadCells.SelectorColumn,
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var status = source.Get("status"u8);
        return
        [
            TableColumn.NameOf(source), source.Get("spec"u8, "replicas"u8).Number(), status.Get("replicas"u8).Number(), status.Get("readyReplicas"u8).Number(),
            TableColumn.Age(source, now), WorkloadCells.Containers(source), WorkloadCells.Images(source), WorkloadCells.Selector(source),
        ];
    }
}
