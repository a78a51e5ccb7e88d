using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Autoscaling.HorizontalPodAutoscalers;

/// <summary>Printer columns of HorizontalPodAutoscalers (printers/internalversion: printHorizontalPodAutoscaler, formatHPAMetrics).</summary>
internal static class HorizontalPodAutoscalerTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.NameColumn, new("Reference", Description: "What is scaled."), new("Targets", Description: "What is measured, and what it should be."),
        new("MinPods", Description: "Fewest pods."), new("MaxPods", Description: "Most pods."), new("Replicas", Description: "Number of pods at the last look."),
        TableColumn.AgeColumn,
    ];

    private const int MostShown = 2;
    private const string Unknown = "<unknown>";

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var spec = source.Get("spec"u8);
        var reference = spec.Get("scaleTargetRef"u8);
        return
        [
            TableColumn.NameOf(source), $"{reference.Text("kind"u8)}/{reference.Text("name"u8)}", Metrics(spec.Get("metrics"u8), source.Get("status"u8, "currentMetrics"u8)),
            spec.Get("minReplicas"u8) is var least && least.Exists() ? least.Number().Text() : "<unset>", spec.Get("maxReplicas"u8).Number(),
            source.Get("status"u8, "currentReplicas"u8).Number(), TableColumn.Age(source, now),
        ];
    }

    private static string Metrics(JsonElement metrics, JsonElement current)
    {
        if (metrics.Count() == 0)
        {
            return Cells.None;
        }

        var shown = new List<string>();
        foreach (var metric in metrics.Items())
        {
            shown.Add(Metric(metric, shown.Count < current.Count() ? current[shown.Count] : default));
        }

        return shown.Count <= MostShown ? string.Join(", ", shown) : $"{string.Join(", ", shown.Take(MostShown))} + {shown.Count - MostShown} more...";
    }

    private static string Metric(JsonElement metric, JsonElement status) => metric.Text("type"u8) switch
    {
        "External" => ValueOrAverage(metric.Get("external"u8), status.Get("external"u8)),
        "Object" => ValueOrAverage(metric.Get("object"u8), status.Get("object"u8)),
        "Pods" => $"{Quantity(status.Get("pods"u8), "averageValue"u8)}/{metric.Get("pods"u8, "target"u8).Get("averageValue"u8)}",
        "Resource" => Resource(metric.Get("resource"u8), status.Get("resource"u8)),
        "ContainerResource" => Resource(metric.Get("containerResource"u8), status.Get("containerResource"u8)),
        _ => "<unknown type>",
    };

    private static string ValueOrAverage(JsonElement source, JsonElement status)
    {
        var target = source.Get("target"u8);
        return target.Get("averageValue"u8) is var average && average.Exists()
            ? $"{Quantity(status, "averageValue"u8)}/{average} (avg)"
            : $"{Quantity(status, "value"u8)}/{target.Get("value"u8)}";
    }

    private static string Resource(JsonElement source, JsonElement status)
    {
        var target = source.Get("target"u8);
        if (target.Get("averageValue"u8) is var average && average.Exists())
        {
            return $"{source.Text("name"u8)}: {Quantity(status, "averageValue"u8)}/{average}";
        }

        var percent = status.Get("current"u8, "averageUtilization"u8);
        var wanted = target.Get("averageUtilization"u8);
        return $"{source.Text("name"u8)}: {(percent.Exists() ? $"{percent.Number()}%" : Unknown)}/{(wanted.Exists() ? $"{wanted.Number()}%" : "<auto>")}";
    }

    private static string Quantity(JsonElement status, ReadOnlySpan<byte> field) =>
        status.Get("current"u8, field) is var quantity && quantity.Exists() ? quantity.ToString() : Unknown;
}
