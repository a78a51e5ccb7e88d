using System.Text.Json;
using System.Text.Json.Nodes;
using Strata.Api.Models;
using Strata.ApiServer.Registry.Generic;

namespace Strata.ApiServer.Registry.Core.ComponentStatuses;

/// <summary>How ComponentStatuses print. They are never written.</summary>
internal sealed class ComponentStatusPrinter : ResourceStrategy
{
    public override KindInfo Kind => ComponentStatus.Info;

    public override IReadOnlyList<string> ShortNames => ["cs"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.NameColumn, new("Status", Description: "Status of the component conditions"), new("Message", Description: "Message of the component conditions"),
        new("Error", Description: "Error of the component conditions"),
    ];

    public override IReadOnlyList<JsonNode?> Row(JsonElement source, DateTimeOffset now)
    {
        foreach (var condition in source.Get("conditions"u8).Items())
        {
            if (condition.Text("type"u8) == "Healthy")
            {
                var status = condition.Text("status"u8) == "True" ? "Healthy" : "Unhealthy";
                return [TableColumn.NameOf(source), status, condition.Text("message"u8), condition.Text("error"u8)];
            }
        }

        return [TableColumn.NameOf(source), "Unknown", "", ""];
    }
}
