using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.Events;

/// <summary>Printer columns of events (printers/internalversion: printEvent).</summary>
internal static class EventTable
{
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        new("Last Seen", Description: "When it was last seen."), new("Type", Description: "Normal or Warning."), new("Reason", Description: "One word for the cause."),
        new("Object", Description: "What it is about."), new("Subobject", Priority: 1, Description: "Part of the object."), new("Source", Priority: 1, Description: "Who reports it."),
        new("Message", Description: "What happened."), new("First Seen", Priority: 1, Description: "When it was first seen."),
        new("Count", Priority: 1, Description: "How often it was seen."), new("Name", Priority: 1, Format: "name", Description: "Name of the event."),
    ];

    public static IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        var first = source.Get("firstTimestamp"u8).Time() ?? source.Get("eventTime"u8).Time();
        var last = source.Get("lastTimestamp"u8).Time() ?? first;
        var count = source.Get("count"u8).Number();
        if (source.Get("series"u8) is { ValueKind: JsonValueKind.Object } series)
        {
            last = series.Get("lastObservedTime"u8).Time();
            count = series.Get("count"u8).Number();
        }
        else if (count == 0)
        {
            count = 1; // An event of the new API that has not repeated yet.
        }

        var involved = source.Get("involvedObject"u8);
        return
        [
            last.Since(now), source.Text("type"u8), source.Text("reason"u8), Target(involved), involved.Text("fieldPath"u8), Reporter(source),
            source.Text("message"u8).Trim(), first.Since(now), count, TableColumn.NameOf(source),
        ];
    }

    private static string Target(JsonElement involved)
    {
        var kind = involved.Text("kind"u8).ToLowerInvariant();
        return involved.Text("name"u8) is { Length: > 0 } name ? $"{kind}/{name}" : kind;
    }

    private static string Reporter(JsonElement source)
    {
        var component = source.Get("reportingComponent"u8).HasText() ? source.Text("reportingComponent"u8) : source.Get("source"u8, "component"u8).Text();
        var host = source.Get("reportingInstance"u8).HasText() ? source.Text("reportingInstance"u8) : source.Get("source"u8, "host"u8).Text();
        return host.Length == 0 ? component : $"{component}, {host}";
    }
}
