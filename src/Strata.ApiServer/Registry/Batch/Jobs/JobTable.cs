using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.ApiServer.Registry.Apps;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Batch.Jobs;

/// <summary>Printer columns of Jobs (printers/internalversion: printJob).</summary>
internal static class JobTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Status", Description: "Status of the job."), new("Completions", Description: "Number of pods that have succeeded, of those wanted."),
        new("Duration", Description: "Time required to complete the job."), TableColumn.AgeColumn, WorkloadCells.ContainersColumn, WorkloadCells.ImagesColumn,
        WorkloadCells.SelectorColumn,
    ];

    // The first that holds names the state.
    private static readonly string[] Ends = ["Complete", "Failed"];
    private static readonly string[] States = ["Suspended", "FailureTarget", "SuccessCriteriaMet"];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now) =>
    [
        TableColumn.NameOf(source), Status(source), Completions(source), Duration(source.Get("status"u8), now), TableColumn.Age(source, now), WorkloadCells.Containers(source),
        WorkloadCells.Images(source), WorkloadCells.Selector(source),
    ];

    private static string Status(JsonElement source)
    {
        var conditions = source.Get("status"u8, "conditions"u8);
        return Ends.FirstOrDefault(condition => Holds(conditions, condition))
            ?? (source.Get("metadata"u8, "deletionTimestamp"u8).Exists() ? "Terminating" : null)
            ?? States.FirstOrDefault(condition => Holds(conditions, condition))
            ?? "Running";
    }

    private static bool Holds(JsonElement conditions, string type)
    {
        foreach (var condition in conditions.Items())
        {
            if (condition.Text("type"u8) == type && condition.Get("status"u8).Is("True"u8))
            {
                return true;
            }
        }

        return false;
    }

    private static string Completions(JsonElement source)
    {
        var succeeded = source.Get("status"u8, "succeeded"u8).Number();
        var completions = source.Get("spec"u8, "completions"u8);
        if (completions.Exists())
        {
            return $"{succeeded}/{completions.Number()}";
        }

        return source.Get("spec"u8, "parallelism"u8).Number() is > 1 and var parallelism ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static string Duration(JsonElement status, DateTimeOffset now) =>
        status.Get("startTime"u8).Time() is { } start ? HumanDuration.Format((status.Get("completionTime"u8).Time() ?? now) - start) : "";
}
