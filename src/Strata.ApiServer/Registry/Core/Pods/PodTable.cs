using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Pods;

/// <summary>Printer columns of pods (printers/internalversion: printPod).</summary>
internal static class PodTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Ready", Description: "The aggregate readiness state of this pod for accepting traffic."),
        new("Status", Description: "The aggregate status of the containers in this pod."),
        new("Restarts", Description: "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."),
        TableColumn.AgeColumn, new("IP", Priority: 1, Description: "Address of the pod."), new("Node", Priority: 1, Description: "Where the pod runs."),
        new("Nominated Node", Priority: 1, Description: "Where the pod will run once others have made room."),
        new("Readiness Gates", Priority: 1, Description: "Conditions that must hold besides ready containers."),
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var status = source.Get("status"u8);
        var summary = PodSummary.Of(source);
        return
        [
            TableColumn.NameOf(source), $"{summary.Ready}/{summary.Total}", summary.Status, Restarts(summary, now), TableColumn.Age(source, now),
            Address(status), spec.Get("nodeName"u8).TextOrNone(), status.Get("nominatedNodeName"u8).TextOrNone(), Gates(spec, status),
        ];
    }

    private static string Restarts(PodSummary summary, DateTimeOffset now) =>
        summary.Restarts != 0 && summary.LastRestart is { } last
            ? $"{summary.Restarts.Text()} ({HumanDuration.Format(now - last)} ago)"
            : summary.Restarts.Text();

    private static string Address(JsonElement status)
    {
        var addresses = status.Get("podIPs"u8);
        return (addresses.Count() > 0 ? addresses[0].Get("ip"u8) : status.Get("podIP"u8)).TextOrNone();
    }

    private static string Gates(JsonElement spec, JsonElement status)
    {
        var gates = spec.Get("readinessGates"u8);
        if (gates.Count() == 0)
        {
            return Cells.None;
        }

        var open = 0;
        foreach (var gate in gates.Items())
        {
            var wanted = gate.Text("conditionType"u8);
            foreach (var condition in status.Get("conditions"u8).Items())
            {
                if (condition.Text("type"u8) == wanted)
                {
                    open += condition.Get("status"u8).Is("True"u8) ? 1 : 0;
                    break;
                }
            }
        }

        return $"{open}/{gates.Count()}";
    }
}
