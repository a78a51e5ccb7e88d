using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Apps.Deployments;

/// <summary>Printer columns of Deployments (printers/internalversion: printDeployment).</summary>
internal static class DeploymentTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Ready", Description: "Number of pods that are ready, of those desired."),
        new("Up-to-date", Description: "Number of pods of the newest template."), new("Available", Description: "Number of pods that have been ready long enough."),
        TableColumn.AgeColumn, WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn, WorkloadCells.SelectorColumn,
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var status = source.Get("status"u8);
        return
        [
            TableColumn.NameOf(source), $"{status.Get("readyReplicas"u8).Number()}/{source.Get("spec"u8, "replicas"u8).Number()}",
            status.Get("updatedReplicas"u8).Number(), status.Get("availableReplicas"u8).Number(), TableColumn.Age(source, now),
            WorkloadCells.Containers(source), WorkloadCells.Images(source), WorkloadCells.Selector(source),
        ];
    }
}
