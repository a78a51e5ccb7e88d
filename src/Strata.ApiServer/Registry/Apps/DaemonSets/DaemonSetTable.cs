using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.DaemonSets;

/// <summary>Printer columns of DaemonSets (printers/internalversion: printDaemonSet).</summary>
internal static class DaemonSetTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Desired", "integer", Description: "Number of nodes that should run the pod."),
        new("Current", "integer", Description: "Number of nodes that run at least one pod and should."), new("Ready", "integer", Description: "Number of nodes whose pod is ready."),
        new("Up-to-date", "integer", Description: "Number of nodes whose pod is of the newest template."),
        new("Available", "integer", Description: "Number of nodes whose pod has been ready long enough."),
        new("Node Selector", Description: "Labels of the nodes that should run the pod."), TableColumn.AgeColumn, WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn,
        WorkloadCells.SelectorColumn,
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var status = source.Get("status"u8);
        return
        [
            TableColumn.NameOf(source), status.Get("desiredNumberScheduled"u8).Number(), status.Get("currentNumberScheduled"u8).Number(), status.Get("numberReady"u8).Number(),
            status.Get("updatedNumberScheduled"u8).Number(), status.Get("numberAvailable"u8).Number(),
            Cells.Labels(source.Get("spec"u8, "template"u8).Get("spec"u8, "nodeSelector"u8)), TableColumn.Age(source, now),
            WorkloadCells.Containers(source), WorkloadCells.Images(source), WorkloadCells.Selector(source),
        ];
    }
}
